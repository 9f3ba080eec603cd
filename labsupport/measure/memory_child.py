"""Run one ONNX file once and print memory in bytes, as JSON. A script of its own: it must not load PyTorch.

`process_memory` starts it in a fresh process, where nothing but the runtime has used memory yet.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import psutil

_DTYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(double)": "float64"}


def resident_bytes() -> int:
    """Return what this process holds in memory now."""
    return psutil.Process().memory_info().rss


def peak_bytes() -> int:
    """Return the most this process held so far; on a system that does not keep it, what it holds now.

    Linux keeps it as VmHWM. The ru_maxrss of getrusage would not do: a new process inherits its parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    info = psutil.Process().memory_info()
    return getattr(info, "peak_wset", info.rss)


def main(path: str) -> None:
    """Measure before loading, after loading, and at the peak; open dimensions are set to 1.

    Args:
        path: the ONNX file. Its floating-point inputs are filled with random numbers, the others with zeros.
    """
    runtime = resident_bytes()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    loaded = resident_bytes()
    generator = np.random.default_rng(0)
    feeds = {}
    for value in session.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        if value.type in _DTYPES:
            feeds[value.name] = generator.random(shape).astype(_DTYPES[value.type])
        else:
            feeds[value.name] = np.zeros(shape, value.type.removeprefix("tensor(").removesuffix(")"))
    session.run(None, feeds)
    print(json.dumps({"runtime_bytes": runtime, "loaded_bytes": loaded, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main(sys.argv[1])
