"""From an int8 ONNX file to a program on an emulated microcontroller: exporter, kernels, compiler, board."""

from labsupport.device.build import is_here
from labsupport.device.call import Called, call_c
from labsupport.device.compare import Difference, Reference, layer_by_layer
from labsupport.device.errors import DeviceError
from labsupport.device.firmware import KERNELS, Firmware, to_c
from labsupport.device.fixed_point import fixed_point
from labsupport.device.network import Layer, Network, read
from labsupport.device.part import LARGE, MEDIUM, Part

__all__ = [
    "KERNELS",
    "LARGE",
    "MEDIUM",
    "Called",
    "DeviceError",
    "Difference",
    "Firmware",
    "Layer",
    "Network",
    "Part",
    "Reference",
    "call_c",
    "fixed_point",
    "is_here",
    "layer_by_layer",
    "read",
    "to_c",
]
