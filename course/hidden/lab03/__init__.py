"""The hidden cases of lab 03, and the wrong answers that its checks must recognise."""
