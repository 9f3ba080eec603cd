"""The hidden cases of lab 07, and the wrong answers that its checks must recognise."""
