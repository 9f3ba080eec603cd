"""The hidden cases of lab 04, and the wrong answers that its checks must recognise."""
