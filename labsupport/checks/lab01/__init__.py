"""The visible cases of lab 01, Quantization by hand."""
