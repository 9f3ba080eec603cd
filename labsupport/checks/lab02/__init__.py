"""The visible cases of lab 02, Integer arithmetic."""
