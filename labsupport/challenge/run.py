"""Run a network of the challenge on images, one at a time, on one thread of ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from labsupport import shown
from labsupport.challenge import INPUT_SHAPE, RefusedError
from labsupport.challenge.graph import Network, read
from labsupport.challenge.pixels import normalise

MAX_ERROR = 300
_ERRORS_ONLY, _BLOCK = 4, 100


def examine(content: bytes, images: str | Path) -> dict[str, object]:
    """Hold a file against the rule and ask it about images; everything that comes back is plain data.

    Args:
        content: the file.
        images: where they lie, uint8 (N, 3, 32, 32) as numpy writes it.

    Returns:
        `refused`: why it is not ranked, half a sentence; else `macs`, `int8_macs`, `numbers`, `saturates`, and
        `logits`, float32 (N, 10).
    """
    try:
        network = read(content)
        found = logits(network, np.load(images, allow_pickle=False))
    except RefusedError as error:
        return {"refused": str(error)}
    counted = {name: getattr(network, name) for name in ("macs", "int8_macs", "numbers", "saturates")}
    return {**counted, "logits": found}


def logits(network: Network, images: np.ndarray) -> np.ndarray:
    """Return what a network answers about images, uint8 (N, 3, 32, 32): float32 (N, 10).

    Raises:
        RefusedError: the runtime refuses it, its shapes are not those counted, or its answers are no numbers.
    """
    _compare_shapes(network)
    session = _session(network.content)
    answers = np.empty((len(images), 10), np.float32)
    for first in range(0, len(images), _BLOCK):
        for at, image in enumerate(normalise(images[first : first + _BLOCK]), start=first):
            [answer] = _asked(session, [network.output], {network.input: image[None]})
            if answer.shape != (1, 10) or answer.dtype != np.float32:
                raise RefusedError(f"its output is {answer.dtype} of shape {answer.shape}, not float32 (1, 10)")
            answers[at] = answer[0]
    if not np.isfinite(answers).all():
        raise RefusedError("some of its logits are no numbers: infinite, or not a number")
    return answers


def _compare_shapes(network: Network) -> None:
    """Let the runtime say once which shapes it meets; they must be those that were counted."""
    model = onnx.load_from_string(network.content)
    names = list(network.shapes)
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    session = _session(model.SerializeToString(), optimised=False)
    for name, value in zip(
        names, _asked(session, names, {network.input: np.zeros(INPUT_SHAPE, np.float32)}), strict=True
    ):
        if value.shape != network.shapes[name]:
            raise RefusedError(
                f"the runtime makes {shown.line(name)} of shape {value.shape}, counted was {network.shapes[name]}"
            )


def _session(content: bytes, *, optimised: bool = True) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a class for every code of an error
        raise _refused(error) from None


def _asked(session: onnxruntime.InferenceSession, names: list[str], feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    try:
        return session.run(names, feeds)
    except Exception as error:
        raise _refused(error) from None


def _refused(error: Exception) -> RefusedError:
    said = " ".join(str(error).split())[:MAX_ERROR]
    return RefusedError(f"ONNX Runtime cannot run it: {shown.line(said).rstrip('.')}")
