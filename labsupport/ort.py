"""ONNX export and ONNX Runtime sessions, with the settings every lab shares."""

import contextlib
import io
import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import onnx
import onnxruntime
import torch
from torch import Tensor, nn

OPSET = 20
_ERRORS_ONLY = 3  # ONNX Runtime's log severity: 0 verbose, 1 info, 2 warning, 3 error


def export(
    model: nn.Module, example_input: Tensor, path: str | Path, *, opset: int = OPSET, dynamic_batch: bool = False
) -> Path:
    """Write a network to one ONNX file, weights inside, without the exporter's notes.

    The exporter prints progress and keeps stack traces with local paths in every node. Both are dropped, so exporting
    the same network twice gives the same bytes. Input and output are named ``input`` and ``output``.

    Args:
        model: network in eval mode.
        example_input: float32, the shape the file will accept.
        path: where to write. Missing folders are made, an existing file is replaced.
        opset: version of the ONNX operator set.
        dynamic_batch: leave the first dimension open, as ``batch``.

    Returns:
        The path of the file.

    Raises:
        ValueError: a part of the network is in training mode.
    """
    _refuse_training_mode(model)
    dynamic_shapes = None
    if dynamic_batch:
        # A first dimension of 1 would be taken for a constant.
        example_input = torch.cat([example_input, example_input]) if len(example_input) == 1 else example_input
        dynamic_shapes = ({0: torch.export.Dim("batch")},)
    with _quiet():
        program = torch.onnx.export(
            model,
            (example_input,),
            dynamo=True,
            external_data=False,
            opset_version=opset,
            dynamic_shapes=dynamic_shapes,
            input_names=["input"],
            output_names=["output"],
        )
        proto = program.model_proto
    _strip(proto)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(proto.SerializeToString(deterministic=True))
    return path


def session(
    path_or_bytes: str | Path | bytes, *, threads: int = 1, optimised: bool = True
) -> onnxruntime.InferenceSession:
    """Open an ONNX file in ONNX Runtime, on the CPU.

    Warnings are not logged. Worker threads stop spinning when a run ends, so that they do not slow whatever is timed
    next.

    Args:
        path_or_bytes: the file, or the serialised model itself.
        threads: threads inside one operator. Operators run one after another.
        optimised: False runs the graph as it is written, without fusion.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not isinstance(path_or_bytes, bytes):
        path_or_bytes = str(_existing(path_or_bytes))
    options = _options(threads, optimised)
    return onnxruntime.InferenceSession(path_or_bytes, options, providers=["CPUExecutionProvider"])


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no ONNX file at {path}. Write it first with ort.export(model, x, path).")
    return path


def _options(threads: int, optimised: bool) -> onnxruntime.SessionOptions:
    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimised else levels.ORT_DISABLE_ALL
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return options


def run(session: onnxruntime.InferenceSession, images: Tensor) -> Tensor:
    """Run a session on one batch.

    Args:
        session: with a single input.
        images: the input, of the shape and type the file declares.

    Returns:
        The first output.
    """
    return torch.from_numpy(runner(session, images)()[0])


def runner(session: onnxruntime.InferenceSession, images: Tensor) -> Callable[[], list]:
    """Make a call without arguments that runs a session, for `measure.latency`.

    The input is converted to NumPy once, here, and not in the timed call.

    Args:
        session: with a single input.
        images: the input, of the shape and type the file declares.

    Returns:
        A callable that returns all outputs as NumPy arrays.
    """
    feeds = {session.get_inputs()[0].name: images.detach().contiguous().numpy()}
    return lambda: session.run(None, feeds)


def operators(path: str | Path, *, optimised: bool = False) -> dict[str, int]:
    """Count the operators of an ONNX file by type, the most frequent first.

    Args:
        path: the file.
        optimised: False counts what the file says, True what ONNX Runtime makes of it on this machine: an int8
            convolution is QLinearConv there, one left in float Conv or FusedConv.

    Raises:
        FileNotFoundError: there is no such file.
    """
    source = _existing(path)
    with tempfile.TemporaryDirectory() as folder:
        if optimised:
            options = _options(threads=1, optimised=True)
            options.optimized_model_filepath = str(Path(folder) / "optimised.onnx")
            onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
            source = Path(options.optimized_model_filepath)
        graph = onnx.load(source, load_external_data=False).graph
    return dict(Counter(node.op_type for node in graph.node).most_common())


def quantize_static(
    source: str | Path, batches: Sequence[Tensor], path: str | Path, *, per_channel: bool = True
) -> Path:
    """Write an int8 version of an ONNX file with ONNX Runtime's own tool: static, ranges by min-max, QDQ format.

    Activations become uint8 and weights int8, the only pair that is fast on x86.

    Args:
        source: a float32 file from `export`, with a single input.
        batches: calibration images, of the shape the file declares.
        path: where to write. Missing folders are made, an existing file is replaced.
        per_channel: one scale for each output channel of a weight, else one for the whole weight.

    Returns:
        The path of the new file.

    Raises:
        FileNotFoundError: there is no such source.
        ValueError: there are no batches.
    """
    # Imported here: it takes half a second, and few labs need it.
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    source, path = _existing(source), Path(path)
    if not batches:
        raise ValueError("There are no calibration batches: ranges of activations come from real images.")
    name = session(source).get_inputs()[0].name

    class Reader(quantization.CalibrationDataReader):
        feeds = iter([{name: images.detach().contiguous().numpy()} for images in batches])

        def get_next(self) -> dict | None:
            return next(self.feeds, None)

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _quiet():
        prepared, written = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(source), str(prepared))
        quantization.quantize_static(
            str(prepared),
            str(written),
            Reader(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=per_channel,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        proto = onnx.load(written)
    _strip(proto)
    path.write_bytes(proto.SerializeToString(deterministic=True))
    return path


def _refuse_training_mode(model: nn.Module) -> None:
    # A module made by torch.export has its mode built into the graph; its flag says nothing.
    if isinstance(model, torch.fx.GraphModule):
        return
    training = [name or "the network itself" for name, module in model.named_modules() if module.training]
    if training:
        raise ValueError(
            f"{type(model).__name__} is in training mode ({training[0]}): batch norm and dropout would be exported as "
            "they behave in training. Call model.eval() first."
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what the exporter prints, logs below the level of an error, and warns; errors still come through."""
    level = logging.root.manager.disable
    logging.disable(max(level, logging.WARNING))
    silence = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _strip(proto: onnx.ModelProto) -> None:
    """Remove metadata and doc strings from a model, in place."""
    del proto.metadata_props[:]
    proto.doc_string = ""
    for function in proto.functions:
        _clear([function, *function.node, *function.value_info])
    graphs = [proto.graph]
    while graphs:
        graph = graphs.pop()
        _clear([graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer])
        for node in graph.node:
            for attribute in node.attribute:
                attribute.doc_string = ""
                graphs += [attribute.g] if attribute.HasField("g") else attribute.graphs


def _clear(parts: Iterable[onnx.GraphProto | onnx.NodeProto | onnx.ValueInfoProto | onnx.TensorProto]) -> None:
    for part in parts:
        del part.metadata_props[:]
        part.ClearField("doc_string")
