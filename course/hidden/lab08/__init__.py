"""The hidden cases of lab 08, and the wrong answers that its checks must recognise."""
