"""Visible cases of wrong_at_border, lab 13."""

from labsupport.checks.protocol import Case, Data, reject, require_close, require_keys, require_type


def inputs_frame() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(2)
    expected = torch.arange(7 * 8 * 3).reshape(7, 8, 3).to(torch.int8)
    wrong = torch.rand(expected.shape, generator=generator) < 0.35
    return torch.where(wrong, expected + 1, expected), expected, (7, 8), 5, 1, 2


def inputs_stride() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(6)
    expected = torch.zeros(4, 5, 3, dtype=torch.int8)
    wrong = torch.rand(expected.shape, generator=generator) < 0.35
    return torch.where(wrong, expected - 9, expected), expected, (7, 9), 5, 2, 2


def touches(output: int, length: int, kernel: int, stride: int, pad: int) -> bool:
    """Say whether the window of one output row, or column, lies partly outside."""
    places = range(output * stride - pad, output * stride - pad + kernel)
    return places[0] < 0 or places[-1] >= length


def counts(got: object, expected: object, size: tuple, kernel: int, stride: int, pad: int) -> tuple[int, int, int]:
    """Count wrong codes that touch, those inside, and wrong codes on the outermost ring, one by one."""
    height, width, channels = len(got), len(got[0]), len(got[0][0])
    found = [0, 0, 0]
    for y in range(height):
        for x in range(width):
            outside = touches(y, size[0], kernel, stride, pad) or touches(x, size[1], kernel, stride, pad)
            for c in range(channels):
                if int(got[y][x][c]) != int(expected[y][x][c]):
                    found[not outside] += 1
                    found[2] += y in (0, height - 1) or x in (0, width - 1)
    return found[0], found[1], found[2]


def judge_border(found: Data, got: object, expected: object, size: tuple, kernel: int, stride: int, pad: int) -> None:
    require_keys(found, "touching", "inside")
    for name in found:
        require_type(found[name], int, "counts-no-int", f"{name!r} is a whole number.")
    touching, inside, ring = counts(got, expected, size, kernel, stride, pad)
    swapped = counts(got, expected, size[::-1], kernel, stride, pad)[0]
    first, _, _ = counts(got, expected, (10**6, 10**6), kernel, stride, pad)
    no_stride = counts(got, expected, size, kernel, 1, pad)[0]
    pixels = int((got != expected).any(2).sum())
    known = {
        ring: (
            "outermost-ring",
            "This is the outermost ring of the output. How far the border reaches depends on kernel, stride and pad.",
        ),
        inside: ("swaps-both", "'touching' and 'inside' are the other way round."),
        touching + inside: ("counts-everywhere", "These are all wrong codes, wherever they are."),
        first: ("upper-left-only", "A window can also end behind the last row or column."),
        no_stride: ("forgets-the-stride", "The window of output y begins at y * stride - pad."),
        swapped: ("swaps-height-and-width", "`size` is height, then width."),
    }
    reject(found["touching"], {wrong: what for wrong, what in known.items() if wrong != touching})
    total = found["touching"] + found["inside"]
    if pixels != touching + inside:
        reject(total, {pixels: ("counts-pixels", "This counts pixels. Count codes: a pixel has one for each channel.")})
    require_close(found["touching"], touching, "wrong-count", "'touching':", rtol=0, atol=0)
    require_close(found["inside"], inside, "wrong-count", "'inside':", rtol=0, atol=0)


CASES = (
    Case("kernel 5, stride 1", inputs_frame, judge_border),
    Case("kernel 5, stride 2", inputs_stride, judge_border),
)
