"""The visible cases of lab 07, Mobile blocks."""
