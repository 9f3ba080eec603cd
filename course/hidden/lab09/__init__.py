"""The hidden cases of lab 09, and the wrong answers that its checks must recognise."""
