"""Hidden cases of the exercises of lab 13, and answers to them."""
