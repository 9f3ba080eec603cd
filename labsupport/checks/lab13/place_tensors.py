"""Visible cases of place_tensors, lab 13."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def inputs_residual() -> tuple:
    # x is kept for the addition in layer 3
    spans = [("b", 300, 2, 3), ("x", 100, 0, 3), ("a", 198, 1, 2), ("y", 100, 3, 4), ("z", 10, 4, 4)]
    return ([{"name": n, "bytes": size, "first": first, "last": last} for n, size, first, last in spans],)


def inputs_hole() -> tuple:
    spans = [("p", 40, 0, 5), ("q", 31, 0, 1), ("r", 50, 0, 5), ("s", 28, 3, 4), ("t", 36, 3, 3), ("u", 8, 6, 6)]
    return ([{"name": n, "bytes": size, "first": first, "last": last} for n, size, first, last in spans],)


def lowest_places(
    tensors: list, share: bool = True, touch: bool = False, holes: bool = True, step: int = 4
) -> dict[str, int]:
    """Place tensors by trying every offset, or as a known mistake does."""
    done: list[tuple[int, int, dict]] = []
    for tensor in tensors:
        start, end, size = tensor["first"], tensor["last"], tensor["bytes"]
        taken = []
        for low, high, other in done:
            apart = other["last"] - touch < start or end < other["first"] + touch
            if not (share and apart):
                taken.append((low, high))
        offset = 0 if holes else max((high for _, high in taken), default=0)
        while offset % step or any(offset < high and low < offset + size for low, high in taken):
            offset += 1
        done.append((offset, offset + size, tensor))
    return {tensor["name"]: low for low, _, tensor in done}


def judge_places(found: Data, tensors: list) -> None:
    require_type(found, dict, "returns-no-dict", "Return a dict: name of the tensor -> offset.")
    expected = lowest_places(tensors)
    known = {
        "ignores-lifetimes": (
            lowest_places(tensors, share=False),
            "No place is used twice: a tensor that no layer needs any more has given its place back.",
        ),
        "shares-within-a-layer": (
            lowest_places(tensors, touch=True),
            "A layer reads one tensor while it writes the other: `last` of the one equal to `first` of the other makes "
            "them rivals.",
        ),
        "never-fills-a-hole": (
            lowest_places(tensors, holes=False),
            "A tensor was put behind its last rival, though it fits between two of them, or below the first.",
        ),
        "not-aligned": (lowest_places(tensors, step=1), "Every offset is a multiple of 4."),
        "another-order": (
            lowest_places(sorted(tensors, key=lambda one: -one["bytes"])),
            "The tensors were placed in another order. Keep the order in which they come.",
        ),
    }
    for mistake, (wrong, hint) in known.items():
        if wrong != expected:
            require(found != wrong, mistake, hint)
    names = [one["name"] for one in tensors]
    require(sorted(found) == sorted(names), "wrong-names", f"Each tensor has one offset: {names}. Got {sorted(found)}.")
    for name in names:
        require_close(found[name], expected[name], "wrong-place", f"The offset of {name!r}.", rtol=0, atol=0)


CASES = (
    Case("a residual", inputs_residual, judge_places),
    Case("a hole between two tensors", inputs_hole, judge_places),
)
