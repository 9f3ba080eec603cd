"""The hidden cases of lab 05, and the wrong answers that its checks must recognise."""
