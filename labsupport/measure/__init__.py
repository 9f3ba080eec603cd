"""Measuring a network the same way in every lab: cost, latency, memory, the machine's stamp and its peaks.

One MAC is one multiplication and one addition, 2 FLOPs. KB and MB are powers of ten.
"""

from labsupport.measure.ceilings import Peaks, peaks
from labsupport.measure.cost import LayerCost, count_macs, count_parameters, file_bytes, macs_by_layer, model_bytes
from labsupport.measure.layers import layer_calls
from labsupport.measure.memory import (
    ProcessMemory,
    activation_bytes_by_node,
    activation_peak_bytes,
    activation_steps,
    process_memory,
)
from labsupport.measure.profile import operator_times
from labsupport.measure.stamp import Machine, machine
from labsupport.measure.timing import Latency, Ratio, latency

__all__ = [
    "Latency",
    "LayerCost",
    "Machine",
    "Peaks",
    "ProcessMemory",
    "Ratio",
    "activation_bytes_by_node",
    "activation_peak_bytes",
    "activation_steps",
    "count_macs",
    "count_parameters",
    "file_bytes",
    "latency",
    "layer_calls",
    "machine",
    "macs_by_layer",
    "model_bytes",
    "operator_times",
    "peaks",
    "process_memory",
]
