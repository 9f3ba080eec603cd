"""The visible cases of lab 06, Distillation."""
