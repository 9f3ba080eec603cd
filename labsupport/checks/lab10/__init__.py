"""The visible cases of lab 10, ONNX and its runtime."""
