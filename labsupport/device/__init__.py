"""From an int8 ONNX file to a program on an emulated microcontroller: exporter, kernels, compiler, board."""
