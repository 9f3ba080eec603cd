"""What the judges of several exercises of lab 04 share."""

import numpy as np

from labsupport.checks.protocol import Data, require, show


def require_mask(mask: Data, shape: tuple[int, ...]) -> None:
    """Raise CheckFailed unless the result is a bool mask of this shape."""
    is_mask = isinstance(mask, np.ndarray) and mask.dtype == bool
    require(is_mask, "mask-not-bool", f"A mask is a tensor of bool, True where the weight is kept, not {show(mask)}.")
    hint = f"A mask has the shape of its tensor, {shape}, not {mask.shape}."
    require(mask.shape == shape, "mask-has-other-shape", hint)


def require_num_kept(mask: np.ndarray, num_kept: int) -> None:
    """Raise CheckFailed, saying what likely went wrong, unless the mask keeps this many weights."""
    kept, total = int(mask.sum()), mask.size
    if kept != num_kept and kept == total - num_kept:
        hint = f"The mask is True at {kept} of {total} weights, and {num_kept} should be kept: False means pruned."
        require(False, "mask-upside-down", hint)
    hint = f"{num_kept} of {total} weights should be kept; the mask keeps {kept}."
    require(kept == num_kept, "keeps-wrong-number", hint)
