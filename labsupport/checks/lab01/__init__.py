"""The visible cases of lab 01, Choosing the grid."""
