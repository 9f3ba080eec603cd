"""The visible cases of lab 00, Measure first."""
