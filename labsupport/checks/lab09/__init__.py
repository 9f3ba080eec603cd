"""The visible cases of lab 09, Architecture search."""
