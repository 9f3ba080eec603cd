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
_ROUNDS = 5
_SLICE_SECONDS = 0.12  # of each measurement in each round


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
    """Measure the ceilings of this machine, in about four seconds.

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
            best = _best_seconds(
                {
                    "torch fp32": _torch_product(torch.float32),
                    "ort fp32": _ort_product("MatMul", np.float32, np.float32, threads),
                    "bf16": _torch_product(torch.bfloat16),
                    "int8": _ort_product("MatMulInteger", np.uint8, np.int8, threads),
                    "copy": _copy(),
                }
            )
    finally:
        torch.set_num_threads(threads_before)
    speeds = {name: 2 * _SIZE**3 / seconds / 1e9 for name, seconds in best.items()}
    return Peaks(
        threads=threads,
        torch_fp32_gflops=speeds["torch fp32"],
        ort_fp32_gflops=speeds["ort fp32"],
        bf16_gflops=speeds["bf16"],
        int8_gops=speeds["int8"],
        bandwidth_gb_s=2 * _COPY_BYTES / best["copy"] / 1e9,
    )


def _copy() -> Callable[[], object]:
    source, target = (torch.ones(_COPY_BYTES // 4) for _ in range(2))
    return lambda: target.copy_(source)


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


def _best_seconds(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time the calls in turns, so that a disturbance of a second does not cover all repeats of one of them.

    A call slower than its share of time is made once.
    """
    best, spent = dict.fromkeys(calls, float("inf")), dict.fromkeys(calls, 0.0)
    for number in range(1, _ROUNDS + 1):
        for name, call in calls.items():
            while spent[name] < number * _SLICE_SECONDS:
                start = time.perf_counter()
                call()
                elapsed = time.perf_counter() - start
                best[name] = min(best[name], elapsed)
                spent[name] += elapsed
    return best
