"""The visible cases of lab 03, Quantization in practice."""
