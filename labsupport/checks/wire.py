"""Plain data as bytes and back: an npz archive, never pickle.

Member `json` holds the structure, the members `array_N` the arrays that it names. Grading reads such bytes from a place
where hostile code ran, so `loads` trusts no field. Needs the standard library and numpy alone.
"""

import io
import json
import math
import reprlib
import zipfile
from typing import Any

import numpy as np

MAX_BYTES = 16_000_000
MAX_JSON_BYTES = 2_000_000
MAX_DEPTH = 20


def dumps(data: Any) -> bytes:  # noqa: ANN401 - what labsupport.checks.protocol.plain returned
    """Write plain data as bytes.

    Raises:
        ValueError: larger than MAX_BYTES, or its structure larger than MAX_JSON_BYTES.
    """
    arrays: dict[str, np.ndarray] = {}

    def encode(value: object) -> object:
        if isinstance(value, np.ndarray):
            arrays[f"array_{len(arrays)}"] = value
            return {"array": len(arrays) - 1}
        if isinstance(value, dict):
            return {"dict": [[key, encode(item)] for key, item in value.items()]}
        return [encode(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(encode(data)).encode()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, json=np.frombuffer(text, np.uint8), **arrays)
    _limit("the data", buffer.tell(), MAX_BYTES)
    _limit("the data's structure", len(text), MAX_JSON_BYTES)
    return buffer.getvalue()


def loads(packed: bytes) -> Any:  # noqa: ANN401
    """Read plain data that `dumps` wrote.

    Raises:
        ValueError: too large, damaged, or not written by `dumps`.
    """
    _limit("the data", len(packed), MAX_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = archive.infolist()
            _limit("the unpacked data", sum(member.file_size for member in members), MAX_BYTES)
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise ValueError("a member is compressed")
            arrays = {member.filename: _array(archive.read(member)) for member in members}
        text = arrays.pop("json.npy").astype(np.uint8).tobytes()
        _limit("the data's structure", len(text), MAX_JSON_BYTES)
        data = _decode(json.loads(text), arrays, 0)
        if arrays or len(members) != len({member.filename for member in members}):
            raise ValueError("members that the structure does not name")
    except Exception as error:
        raise ValueError(f"not data that dumps wrote: {type(error).__name__}: {error}") from error
    return data


def _limit(what: str, size: int, limit: int) -> None:
    if size > limit:
        raise ValueError(f"{what} takes {size} bytes, at most {limit} are allowed")


def _array(raw: bytes) -> np.ndarray:
    """Read one .npy member: a numeric dtype, and exactly the bytes that its shape announces."""
    stream = io.BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an unexpected array format")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
    body = raw[stream.tell() :]
    if dtype.kind not in "biuf" or min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError(f"an array of {dtype} and shape {shape} in {len(body)} bytes")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran_order else "C").copy()


def _decode(value: object, arrays: dict[str, np.ndarray], depth: int) -> object:
    """Rebuild the structure; each array is handed out once, so that a small message stays small."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [_decode(item, arrays, depth + 1) for item in value]
    match value:
        case {"array": int(index)} if len(value) == 1:
            return arrays.pop(f"array_{index}.npy")
        case {"dict": list(pairs)} if len(value) == 1:
            if not all(isinstance(pair, list) and len(pair) == 2 and type(pair[0]) in (str, int) for pair in pairs):
                raise ValueError("a dict that is no list of pairs")
            return {key: _decode(item, arrays, depth + 1) for key, item in pairs}
    raise ValueError(f"an unexpected {reprlib.repr(value)}")
