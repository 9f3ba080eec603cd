"""Networks in which no operator computes in float, made by two tools: to measure what int8 costs, and nothing else.

A file that a tool writes may leave operators in float, so its accuracy is not that of an int8 network. Here the mean
over all pixels is written as the pooling that it is, which both tools know; torchao is told to quantize whatever
computes; and the file is looked at as ONNX Runtime executes it.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, fx, nn
from torchao.quantization.pt2e import HistogramObserver, MinMaxObserver, PerChannelMinMaxObserver
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
from torchao.quantization.pt2e.quantizer import (
    QuantizationAnnotation,
    QuantizationSpec,
    Quantizer,
    SharedQuantizationSpec,
)

from labsupport import ort

MOVES_DATA = {"Flatten", "Identity", "NhwcMaxPool", "MaxPool", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}
CHANGES_TYPE = {"QuantizeLinear", "DequantizeLinear"}


def float_operators(path: Path) -> dict[str, int]:
    """Count the operators that compute in float when ONNX Runtime executes a file; an int8 network has none.

    One QuantizeLinear stands at the input and one DequantizeLinear at the output; each further one counts as well,
    since something in float lies behind it.
    """
    found = ort.operators(path, optimised=True)
    further = {name: found[name] - 1 for name in CHANGES_TYPE if found.get(name, 0) > 1}
    computing = {
        name: count
        for name, count in found.items()
        if name not in MOVES_DATA | CHANGES_TYPE and not name.startswith(("QLinear", "QGemm"))
    }
    return computing | further


def by_onnxruntime(
    model: nn.Module, batches: Sequence[Tensor], path: Path, *, per_channel: bool, dynamic_batch: bool = True
) -> Path:
    """Write the int8 version of ONNX Runtime's tool: ranges by min-max, activations uint8, weights int8.

    Args:
        model: a network in eval mode.
        batches: calibration images, normalised.
        path: where to write.
        per_channel: one scale for each output channel of a weight, else one for the whole weight.
        dynamic_batch: False fixes the first dimension to that of the batches.
    """
    graph = _graph_of(model, batches, dynamic_batch)
    source = ort.export(graph, batches[0], path.with_suffix(".fp32.onnx"), dynamic_batch=dynamic_batch)
    return ort.quantize_static(source, batches, path, per_channel=per_channel)


def by_torchao(model: nn.Module, batches: Sequence[Tensor], path: Path, *, per_channel: bool) -> Path:
    """Write the int8 version of torchao (PT2E): histogram observers, activations uint8, weights int8.

    Args and result are those of `by_onnxruntime`.
    """
    observed = prepare_pt2e(_graph_of(model, batches), _Everything(per_channel))
    with torch.inference_mode():
        for images in batches:
            observed(images)
    converted = convert_pt2e(observed)
    converted.training = False  # the graph was exported in eval mode and knows no other
    return ort.export(converted, batches[0], path, dynamic_batch=True)


class _Everything(Quantizer):
    """Asks for int8 at the input and the output of whatever computes."""

    COMPUTES = ("aten.conv2d", "aten.linear", "aten.add", "aten.adaptive_avg_pool2d", "aten.avg_pool2d")
    CLIPS = ("aten.relu", "aten.hardtanh", "aten.relu6")
    MOVES = ("aten.max_pool2d", "aten.flatten", "aten.view", "aten.reshape")

    def __init__(self, per_channel: bool) -> None:
        self._activation = QuantizationSpec(
            torch.uint8, HistogramObserver.with_args(eps=2**-12), 0, 255, torch.per_tensor_affine
        )
        observer = PerChannelMinMaxObserver if per_channel else MinMaxObserver
        scheme = torch.per_channel_symmetric if per_channel else torch.per_tensor_symmetric
        self._weight = QuantizationSpec(torch.int8, observer, -127, 127, scheme, 0 if per_channel else None)

    def annotate(self, model: fx.GraphModule) -> fx.GraphModule:
        """Mark the nodes; a clip behind an operator belongs to it, so only what comes out of the clip is rounded."""
        for node in model.graph.nodes:
            name = str(node.target)
            if name.startswith(self.COMPUTES):
                has_weight = name.startswith(("aten.conv2d", "aten.linear"))
                tensors = list(node.args[: 2 if has_weight or "add" in name else 1])
                specs = [self._activation, self._weight if has_weight else self._activation]
                users = list(node.users)
                is_clipped = len(users) == 1 and str(users[0].target).startswith(self.CLIPS)
                node.meta["quantization_annotation"] = QuantizationAnnotation(
                    dict(zip(tensors, specs, strict=False)), None if is_clipped else self._activation, _annotated=True
                )
                if is_clipped:
                    users[0].meta["quantization_annotation"] = QuantizationAnnotation(
                        {}, self._activation, _annotated=True
                    )
            elif name.startswith(self.MOVES):
                source = node.args[0]
                node.meta["quantization_annotation"] = QuantizationAnnotation(
                    {source: self._activation}, SharedQuantizationSpec((source, node)), _annotated=True
                )
        return model

    def validate(self, model: fx.GraphModule) -> None:
        """Accept every graph; what stays in float is counted in the file."""


def _graph_of(model: nn.Module, batches: Sequence[Tensor], dynamic_batch: bool = True) -> fx.GraphModule:
    """Export a network; a mean over height and width becomes the pooling that it is, which both tools quantize."""
    dynamic_shapes = ({0: torch.export.Dim.AUTO},) if dynamic_batch else None
    exported = torch.export.export(model, (batches[0],), dynamic_shapes=dynamic_shapes).module()
    for node in list(exported.graph.nodes):
        if node.target is torch.ops.aten.adaptive_avg_pool2d.default and list(node.args[1]) == [1, 1]:
            node.target = torch.ops.aten.avg_pool2d.default
            node.args = (node.args[0], list(node.args[0].meta["val"].shape[-2:]))
        if node.target is torch.ops.aten.mean.dim and sorted(axis % 4 for axis in node.args[1]) == [2, 3]:
            before = node.args[0].meta["val"]
            kernel = list(before.shape[-2:])
            with exported.graph.inserting_before(node):
                pooled = exported.graph.call_function(torch.ops.aten.avg_pool2d.default, (node.args[0], kernel))
                flat = exported.graph.call_function(torch.ops.aten.flatten.using_ints, (pooled, 1))
            pooled.meta["val"] = torch.ops.aten.avg_pool2d(before, kernel)  # torchao leaves out nodes without a shape
            flat.meta["val"] = node.meta["val"]
            node.replace_all_uses_with(flat)
            exported.graph.erase_node(node)
    exported.recompile()
    return exported
