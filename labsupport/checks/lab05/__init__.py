"""The visible cases of lab 05, Structured pruning."""
