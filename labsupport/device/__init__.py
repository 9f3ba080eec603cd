"""From an ONNX file to a program on an emulated microcontroller or ARM core: exporter, kernels, compiler, board."""

from labsupport.device.build import is_here
from labsupport.device.call import Called, call_c
from labsupport.device.compare import (
    FLOAT_LIMIT,
    TIE,
    Difference,
    FloatDifference,
    Reference,
    layer_by_layer,
)
from labsupport.device.core import CORTEX_A53, CORTEX_A76, CORTEX_M4, Core
from labsupport.device.errors import DeviceError
from labsupport.device.firmware import FLOAT_KERNELS, KERNELS, Firmware, to_c
from labsupport.device.fixed_point import fixed_point
from labsupport.device.network import Layer, Network
from labsupport.device.part import A53, A76, LARGE, MEDIUM, Part
from labsupport.device.read_float import read_float
from labsupport.device.read_int8 import read

__all__ = [
    "A53",
    "A76",
    "CORTEX_A53",
    "CORTEX_A76",
    "CORTEX_M4",
    "FLOAT_KERNELS",
    "FLOAT_LIMIT",
    "KERNELS",
    "LARGE",
    "MEDIUM",
    "TIE",
    "Called",
    "Core",
    "DeviceError",
    "Difference",
    "Firmware",
    "FloatDifference",
    "Layer",
    "Network",
    "Part",
    "Reference",
    "call_c",
    "fixed_point",
    "is_here",
    "layer_by_layer",
    "read",
    "read_float",
    "to_c",
]
