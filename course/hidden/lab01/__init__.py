"""The hidden cases of lab 01, and the wrong answers that its checks must recognise."""
