"""The visible cases of lab 04, Iterative pruning."""
