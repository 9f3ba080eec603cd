"""The visible cases of lab 08, Mobile networks."""
