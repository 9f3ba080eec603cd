"""Put a case a second time: with the same numbers in another memory layout, and with another global seed.

What comes back must be the same. Needs the standard library and numpy alone, so that it can stand beside a student's
code in grading.
"""

import contextlib
import dataclasses
import random
import sys
from collections.abc import Iterator

import numpy as np

Data = object


@contextlib.contextmanager
def global_seed(seed: int) -> Iterator[None]:
    """Seed every global random generator, and put them back as they were."""
    torch = sys.modules.get("torch")
    generator = torch.default_generator if torch else None  # torch.manual_seed would import torch._dynamo, for seconds
    before = random.getstate(), np.random.get_state(), generator.get_state() if generator else None  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - what students' code may draw from
    if generator:
        generator.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
        if generator:
            generator.set_state(before[2])


def spread_out(value: object) -> object:
    """Return a value whose tensors have gaps in memory, as a slice of a larger tensor has; else the same."""
    torch = sys.modules.get("torch")
    if torch is not None and type(value) is torch.Tensor and value.ndim and value.is_leaf:
        wide = torch.stack([value.detach(), value.detach()], dim=-1)[..., 0]
        return wide.requires_grad_() if value.requires_grad else wide
    if type(value) in (list, tuple):
        return type(value)(map(spread_out, value))
    if type(value) is dict:
        return {key: spread_out(item) for key, item in value.items()}
    return value


def is_seeded(value: object) -> bool:
    """Say whether a random generator stands somewhere in the arguments."""
    torch = sys.modules.get("torch")
    if isinstance(value, (random.Random, np.random.Generator)) or (torch and isinstance(value, torch.Generator)):
        return True
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(is_seeded(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, dict):
        return any(map(is_seeded, value.values()))
    return isinstance(value, (list, tuple)) and any(map(is_seeded, value))


def near(one: Data, other: Data) -> bool:
    """Say whether two results, as plain data, are equal but for rounding in another order."""
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(near(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(near, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray) and one.dtype == other.dtype and one.shape == other.shape:
        return bool(np.allclose(one.astype(np.float64), other.astype(np.float64), 1e-3, 1e-5, equal_nan=True))
    if isinstance(one, float):
        return bool(np.isclose(one, other, 1e-3, 1e-5, equal_nan=True))
    return not isinstance(one, np.ndarray) and one == other
