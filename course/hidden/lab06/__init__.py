"""The hidden cases of lab 06, and the wrong answers that its checks must recognise."""
