"""What no student may see of an exercise: `labNN/<function>.py` has hidden cases, and answers that must be rejected."""
