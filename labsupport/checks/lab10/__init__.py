"""The visible cases of lab 10, ONNX export."""
