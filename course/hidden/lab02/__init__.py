"""The hidden cases of lab 02, and the wrong answers that its checks must recognise."""
