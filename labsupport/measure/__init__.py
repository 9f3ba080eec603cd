"""Measuring a network the same way in every lab: parameters, MACs, bytes, latency."""

from labsupport.measure.cost import LayerCost, count_macs, count_parameters, file_bytes, macs_by_layer, model_bytes
from labsupport.measure.timing import Latency, Ratio, latency

__all__ = [
    "Latency",
    "LayerCost",
    "Ratio",
    "count_macs",
    "count_parameters",
    "file_bytes",
    "latency",
    "macs_by_layer",
    "model_bytes",
]
