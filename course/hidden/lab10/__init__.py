"""The hidden cases of lab 10, and the wrong answers that its checks must recognise."""
