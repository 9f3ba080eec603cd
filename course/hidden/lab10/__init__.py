"""The hidden cases of lab 10, ONNX export."""
