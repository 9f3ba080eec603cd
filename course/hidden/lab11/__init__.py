"""The hidden cases of lab 11, int8 in the runtime."""
