"""Plain data as bytes and back: an npz archive, never pickle.

Member `json` holds the structure, the members `array_N` the arrays that it names. Grading reads such bytes from a place
where hostile code ran, so `loads` trusts no field and takes time in proportion to their number. Needs the standard
library and numpy alone.
"""

import io
import json
import math
import reprlib
import struct
import zipfile
from collections.abc import Iterable
from typing import Any

import numpy as np

MAX_BYTES = 16_000_000
MAX_JSON_BYTES = 2_000_000
MAX_DIRECTORY_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_ITEMS = 500_000
MAX_ARRAYS = 10_000
MAX_KEYS = 10_000
MAX_DIGITS = 1000
MAX_KEY = 2**60  # smaller whole numbers have different hashes, but for -1 and -2
_LARGEST = 10**MAX_DIGITS - 1
_END = struct.Struct("<4s4H2LH")


def dumps(data: Any) -> bytes:  # noqa: ANN401 - what labsupport.checks.protocol.plain returned
    """Write plain data as bytes.

    Raises:
        ValueError: larger than MAX_BYTES, its structure larger than MAX_JSON_BYTES, or more of anything than the other
            limits of this module say.
    """
    arrays: dict[str, np.ndarray] = {}
    items = 0

    def encode(value: object) -> object:
        nonlocal items
        items += 1
        _limit_count("items", items, MAX_ITEMS)
        if isinstance(value, np.ndarray):
            _limit_count("arrays", len(arrays) + 1, MAX_ARRAYS)
            arrays[f"array_{len(arrays)}"] = value
            return {"array": len(arrays) - 1}
        if isinstance(value, dict):
            _limit_keys(value)
            return {"dict": [[key, encode(item)] for key, item in value.items()]}
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ValueError(f"a whole number has more than {MAX_DIGITS} digits")
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
        _limit_directory(packed)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = archive.infolist()
            _limit("the unpacked data", sum(member.file_size for member in members), MAX_BYTES)
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise ValueError("a member is compressed")
            arrays = {member.filename: _array(archive.read(member)) for member in members}
        text = arrays.pop("json.npy").astype(np.uint8).tobytes()
        _limit("the data's structure", len(text), MAX_JSON_BYTES)
        data = _decode(json.loads(text, parse_int=_whole), arrays)
        if arrays or len(members) != len({member.filename for member in members}):
            raise ValueError("members that the structure does not name")
    except Exception as error:
        raise ValueError(f"not data that dumps wrote: {type(error).__name__}: {error}") from error
    return data


def _limit(what: str, size: int, limit: int) -> None:
    if size > limit:
        raise ValueError(f"{what} takes {size} bytes, at most {limit} are allowed")


def _limit_count(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise ValueError(f"more than {limit} {what}")


def _limit_keys(keys: Iterable[str | int]) -> None:
    """Refuse so many keys, and such ones, that building the dict would take more than linear time."""
    keys = list(keys)
    _limit_count("keys in a dict", len(keys), MAX_KEYS)
    if any(isinstance(key, int) and abs(key) >= MAX_KEY for key in keys):
        raise ValueError(f"a dict has a key of {MAX_KEY} or more")


def _limit_directory(packed: bytes) -> None:
    """Refuse an archive whose list of members is long before it is read; the end is as `dumps` leaves it."""
    signature, *_, size, _, comment = _END.unpack(packed[-_END.size :])
    if signature != b"PK\5\6" or comment or packed[-_END.size - 20 :].startswith(b"PK\6\7"):
        raise ValueError("an unexpected end of the archive")
    _limit("the list of members", size, MAX_DIRECTORY_BYTES)


def _whole(digits: str) -> int:
    _limit_count("digits in a whole number", len(digits.lstrip("-")), MAX_DIGITS)
    return int(digits)


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


def _decode(data: object, arrays: dict[str, np.ndarray]) -> object:
    """Rebuild the structure; each array is handed out once, so that a small message stays small."""
    items = 0

    def decode(value: object, depth: int) -> object:
        nonlocal items
        items += 1
        _limit_count("items", items, MAX_ITEMS)
        if depth > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        if isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, list):
            return [decode(item, depth + 1) for item in value]
        match value:
            case {"array": int(index)} if len(value) == 1:
                return arrays.pop(f"array_{index}.npy")
            case {"dict": list(pairs)} if len(value) == 1:
                if not all(isinstance(pair, list) and len(pair) == 2 and type(pair[0]) in (str, int) for pair in pairs):
                    raise ValueError("a dict that is no list of pairs")
                _limit_keys(key for key, _ in pairs)
                return {key: decode(item, depth + 1) for key, item in pairs}
        raise ValueError(f"an unexpected {reprlib.repr(value)}")

    return decode(data, 0)
