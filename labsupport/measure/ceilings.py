"""The most this machine can do: arithmetic per second and bytes per second."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from labsupport import ort

_SIZE = 1024  # a product of this size stays in cache and keeps the multipliers busy
_COPY_BYTES = 256_000_000  # several times the last-level cache
_SECONDS = 0.4
_LEAST_REPEATS = 3


@dataclass(frozen=True)
class Peaks:
    """Ceilings of a machine at a number of threads. One multiply-accumulate is 2 operations.

    Attributes:
        threads: PyTorch's and ONNX Runtime's.
        torch_fp32_gflops: fp32 matrix product in PyTorch.
        ort_fp32_gflops: the same in ONNX Runtime, which may use wider instructions.
        bf16_gflops: bf16 matrix product in PyTorch; lower than fp32 where the CPU has no bf16 instructions.
        int8_gops: uint8 by int8 matrix product in ONNX Runtime, accumulated in int32.
        bandwidth_gb_s: memory read and written by a large copy, in 10**9 bytes per second.
    """

    threads: int
    torch_fp32_gflops: float
    ort_fp32_gflops: float
    bf16_gflops: float
    int8_gops: float
    bandwidth_gb_s: float

    @property
    def fp32_gflops(self) -> float:
        """The faster of the two fp32 products: the ceiling of the machine, whichever library reaches it."""
        return max(self.torch_fp32_gflops, self.ort_fp32_gflops)


def peaks(threads: int = 1) -> Peaks:
    """Measure the ceilings of this machine, in about three seconds.

    Each is the best of many repeats, not the median. A peak is what the hardware can do; other work on the machine only
    ever slows it down, so the fastest repeat is the closest estimate. Times of a network are another matter: there the
    median says what a user gets.

    int8 is uint8 activations by int8 weights, the pair that x86 has instructions for (VNNI). On such a CPU ONNX Runtime
    is far slower when both operands are int8, and about half as fast when both are uint8.

    Args:
        threads: for PyTorch, restored after, and for ONNX Runtime.
    """
    threads_before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            return Peaks(
                threads=threads,
                torch_fp32_gflops=_giga_operations(_torch_product(torch.float32)),
                ort_fp32_gflops=_giga_operations(_ort_product("MatMul", np.float32, np.float32, threads)),
                bf16_gflops=_giga_operations(_torch_product(torch.bfloat16)),
                int8_gops=_giga_operations(_ort_product("MatMulInteger", np.uint8, np.int8, threads)),
                bandwidth_gb_s=_bandwidth_gb_s(),
            )
    finally:
        torch.set_num_threads(threads_before)


def _giga_operations(product: Callable[[], object]) -> float:
    return round(2 * _SIZE**3 / _best_seconds(product) / 1e9, 1)


def _bandwidth_gb_s() -> float:
    source, target = (torch.ones(_COPY_BYTES // 4) for _ in range(2))
    return round(2 * _COPY_BYTES / _best_seconds(lambda: target.copy_(source)) / 1e9, 1)


def _torch_product(dtype: torch.dtype) -> Callable[[], object]:
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.rand(_SIZE, _SIZE, generator=generator).to(dtype) for _ in range(2))
    result = torch.empty(_SIZE, _SIZE, dtype=dtype)
    return lambda: torch.mm(left, right, out=result)


def _ort_product(operator: str, left_dtype: type, right_dtype: type, threads: int) -> Callable[[], object]:
    """Build a graph of one product by a constant matrix, as a layer's weights are."""
    generator = np.random.default_rng(0)
    left, right = (generator.integers(0, 100, (_SIZE, _SIZE)).astype(dtype) for dtype in (left_dtype, right_dtype))
    left_type = helper.np_dtype_to_tensor_dtype(np.dtype(left_dtype))
    result_type = TensorProto.FLOAT if left_dtype is np.float32 else TensorProto.INT32
    shape = [_SIZE, _SIZE]
    graph = helper.make_graph(
        [helper.make_node(operator, ["left", "right"], ["result"])],
        "product",
        [helper.make_tensor_value_info("left", left_type, shape)],
        [helper.make_tensor_value_info("result", result_type, shape)],
        [numpy_helper.from_array(right, "right")],
    )
    opset = onnx.OperatorSetIdProto(version=ort.OPSET)
    model = helper.make_model_gen_version(graph, opset_imports=[opset])
    return ort.runner(ort.session(model.SerializeToString(), threads=threads), torch.from_numpy(left))


def _best_seconds(call: Callable[[], object]) -> float:
    call()
    best, repeats, end = float("inf"), 0, time.perf_counter() + _SECONDS
    while repeats < _LEAST_REPEATS or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
        repeats += 1
    return best
