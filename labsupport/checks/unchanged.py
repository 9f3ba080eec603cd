"""Whether a call left its arguments as they were, and gave back something of its own.

Needs the standard library and numpy alone, so that it can stand beside a student's code in grading.
"""

import dataclasses
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Picture = Any
"""What can change in a value, as copies: nested tuples, lists and dicts of tensors, arrays and plain values."""

MAX_DEPTH = 20


def picture(value: object, depth: int = 0) -> Picture:
    """Return what can change in a value, as copies: of tensors, arrays, containers, and networks with their modes.

    Anything else, such as a function, a random generator or a clock, may change; it gives None.
    """
    torch = sys.modules.get("torch")
    if depth > MAX_DEPTH:
        return None
    if torch is not None and isinstance(value, torch.Tensor):
        return ("tensor", value.detach().clone(), value.dtype)
    if torch is not None and isinstance(value, torch.nn.Module):
        state = {name: picture(tensor, depth + 1) for name, tensor in value.state_dict().items()}
        return ("network", state, {name: (type(part), part.training) for name, part in value.named_modules()})
    if isinstance(value, np.ndarray):
        return ("array", value.copy(), value.dtype)
    if isinstance(value, Mapping):
        return ("mapping", {key: picture(item, depth + 1) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return ("sequence", [picture(item, depth + 1) for item in value])
    if isinstance(value, (set, frozenset)):
        return ("set", set(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return ("object", {name: picture(item, depth + 1) for name, item in fields.items()})
    return value if isinstance(value, (bool, int, float, complex, str, bytes)) else None


def differ(before: Picture, after: Picture) -> bool:
    """Say whether two pictures are of different values; nan is equal to nan, the order of keys counts."""
    if type(before) is not type(after):
        return True
    if isinstance(before, dict):
        return list(before) != list(after) or any(differ(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) != len(after) or any(map(differ, before, after))
    if isinstance(before, np.ndarray):
        return not np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if hasattr(before, "isnan"):
        return before.shape != after.shape or bool((~((before == after) | (before.isnan() & after.isnan()))).any())
    return before != after and not (before != before and after != after)


def changed(before: Mapping[str, Picture], after: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of the arguments that are not as they were.

    Args:
        before: by name, pictures from before the call.
        after: by name, the arguments themselves after it.
    """
    for name, value in after.items():
        if differ(before[name], picture(value)):
            yield name


def shares(result: object, arguments: object) -> bool:
    """Say whether a result is, or holds, a container or the memory of a tensor that stands in the arguments."""
    return bool(_memory(result) & _memory(arguments))


def _memory(value: object, depth: int = 0) -> set[tuple[str, int]]:
    """Return what identifies the containers, tensors, arrays and networks in a value."""
    torch = sys.modules.get("torch")
    if depth > MAX_DEPTH:
        return set()
    if torch is not None and isinstance(value, torch.Tensor):
        return {("memory", value.untyped_storage().data_ptr())} if value.numel() else set()
    if torch is not None and isinstance(value, torch.nn.Module):
        parts = [*value.parameters(), *value.buffers()]
        return {("object", id(part)) for part in value.modules()}.union(*(_memory(part, depth + 1) for part in parts))
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        return {("memory", value.__array_interface__["data"][0])} if value.size else set()
    if isinstance(value, Mapping):
        return {("object", id(value))}.union(*(_memory(item, depth + 1) for item in value.values()))
    if isinstance(value, (list, set)):
        return {("object", id(value))}.union(*(_memory(item, depth + 1) for item in value))
    return set().union(*(_memory(item, depth + 1) for item in value)) if isinstance(value, tuple) else set()
