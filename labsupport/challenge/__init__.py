"""The edge challenge: one ONNX file within a budget, ranked by its accuracy on images that nobody has seen.

The rule. One file in ONNX format, at most `MAX_BYTES` bytes, all of the file; `MAX_MACS` multiply-accumulates for one
image, as `shapes` counts them; `MAX_NUMBERS` numbers written by all operators together, so that no convolution hides in
operators that count nothing. One input, float32 1x3x32x32, normalised by `pixels.normalise`; one output, float32 1x10,
the logits in the order of CIFAR-10's classes. All shapes are fixed.

The file is one image's network: it is asked about one image at a time, on one thread of ONNX Runtime's CPU provider.
Names, documentation and metadata in the file are never read; what is counted is what runs.

`python -m labsupport.challenge FILE` holds a file against the rule and gives its public score. Everything but that
command needs onnx, onnxruntime and numpy alone, so that it can stand in the sandbox in which files are ranked.
"""

MAX_BYTES = 96_000
MAX_MACS = 12_501_632
"""What ResNet-8 of MLPerf Tiny needs for one image."""
MAX_NUMBERS = 3_000_000
"""MobileCNN, 22 million MACs, writes 1.9 million in QDQ format, ResNet-8 0.4 million."""

INPUT_SHAPE = (1, 3, 32, 32)
OUTPUT_SHAPE = (1, 10)
FILE_NAME = "edge_challenge.onnx"


class RefusedError(Exception):
    """A file is not within the rule, or cannot be run: half a sentence, "it has 98,000 bytes, more than 96,000"."""
