"""The hidden cases of lab 00, and the wrong answers that its checks must recognise."""
