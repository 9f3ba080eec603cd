"""Visible cases of the exercises of lab 13."""
