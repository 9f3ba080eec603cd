"""Hidden cases of wrong_at_border, lab 13, and answers to it."""

from course.answers import edit
from labsupport.checks.lab13.wrong_at_border import judge_border
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    kernel, stride = (1, 3, 5, 7)[seed % 4], 1 + seed % 3
    pad = min(kernel // 2, seed % 3)
    size = (kernel + seed % 7, kernel + 3 + seed % 5)
    shape = [(side + 2 * pad - kernel) // stride + 1 for side in size]
    expected = torch.randint(-128, 128, (*shape, 1 + seed % 4), generator=generator, dtype=torch.int8)
    wrong = torch.rand(expected.shape, generator=generator) < 0.4
    return torch.where(wrong, expected ^ 1, expected), expected, size, kernel, stride, pad


def inputs_equal() -> tuple:
    import torch

    same = torch.full((4, 4, 2), -128, dtype=torch.int8)
    return same, same.clone(), (4, 4), 3, 1, 1


def inputs_extremes() -> tuple:
    import torch

    # a difference of int8 codes that wraps to a small number, and one that wraps to 0 nowhere
    return torch.full((2, 3, 1), 127, dtype=torch.int8), torch.full((2, 3, 1), -128, dtype=torch.int8), (2, 3), 3, 1, 1


CASES = (
    Case("other layers", inputs_drawn, judge_border, seeds=20),
    Case("nothing is wrong", inputs_equal, judge_border),
    Case("codes at both ends of int8", inputs_extremes, judge_border),
)

WRONG_ANSWERS = {
    "outermost-ring": edit(
        "start = torch.arange(count) * stride - pad",
        "start = torch.arange(count)",
        "(start < 0) | (start + kernel > length)",
        "(start == 0) | (start == count - 1)",
    ),
    "swaps-both": edit(
        "wrong[touches]", "wrong[~touches | False]", "int(wrong[~touches].sum())", "int(wrong[touches].sum())"
    ),
    "counts-everywhere": edit("int(wrong[touches].sum())", "int(wrong.sum())"),
    "upper-left-only": edit("(start < 0) | (start + kernel > length)", "start < 0"),
    "forgets-the-stride": edit("torch.arange(count) * stride - pad", "torch.arange(count) - pad"),
    "swaps-height-and-width": edit("zip(size,", "zip(size[::-1],"),
    "counts-pixels": edit("(got != expected).sum(2)", "(got != expected).any(2)"),
    "wrong-count, only corners": edit(
        "outside[0][:, None] | outside[1][None, :]", "outside[0][:, None] & outside[1][None, :]"
    ),
    "wrong-count, one row too many": edit("start + kernel > length", "start + kernel >= length"),
    "counts-no-int": edit("int(wrong[touches].sum())", "float(wrong[touches].sum())"),
}

READERS_WRONG_ANSWERS = {
    "counts-everywhere, a frame of pad outputs": """
def wrong_at_border(
    got: Tensor, expected: Tensor, size: tuple[int, int], kernel: int, stride: int, pad: int
) -> dict[str, int]:
    wrong = got != expected
    border = torch.zeros(got.shape[:2], dtype=torch.bool)
    border[:pad] = border[:, :pad] = True
    if pad:
        border[-pad:] = border[:, -pad:] = True
    return {"touching": int(wrong[border].sum()), "inside": int(wrong[~border].sum())}
""",
    "upper-left-only, the end is compared with the padded size": """
def wrong_at_border(
    got: Tensor, expected: Tensor, size: tuple[int, int], kernel: int, stride: int, pad: int
) -> dict[str, int]:
    touching = inside = 0
    for y in range(got.shape[0]):
        for x in range(got.shape[1]):
            top, left = y * stride - pad, x * stride - pad
            out = top < 0 or left < 0 or top + kernel > size[0] + 2 * pad or left + kernel > size[1] + 2 * pad
            count = int((got[y, x] != expected[y, x]).sum())
            touching, inside = touching + count * out, inside + count * (not out)
    return {"touching": touching, "inside": inside}
""",
    "counts-pixels, any channel": """
def wrong_at_border(
    got: Tensor, expected: Tensor, size: tuple[int, int], kernel: int, stride: int, pad: int
) -> dict[str, int]:
    rows = [y * stride - pad < 0 or y * stride - pad + kernel > size[0] for y in range(got.shape[0])]
    columns = [x * stride - pad < 0 or x * stride - pad + kernel > size[1] for x in range(got.shape[1])]
    found = {"touching": 0, "inside": 0}
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            if not torch.equal(got[y, x], expected[y, x]):
                found["touching" if row or column else "inside"] += 1
    return found
""",
}

RIGHT_ANSWERS = {
    "loops": """
def wrong_at_border(got, expected, size, kernel, stride, pad):
    found = {"touching": 0, "inside": 0}
    height, width, _ = got.shape
    for y in range(height):
        for x in range(width):
            top, left = y * stride - pad, x * stride - pad
            out = top < 0 or left < 0 or top + kernel - 1 >= size[0] or left + kernel - 1 >= size[1]
            found["touching" if out else "inside"] += int((got[y, x] != expected[y, x]).sum())
    return found
""",
    "a convolution of a mask": """
def wrong_at_border(got, expected, size, kernel, stride, pad):
    mask = torch.nn.functional.pad(torch.zeros(1, 1, *size), [pad] * 4, value=1.0)
    touches = torch.nn.functional.max_pool2d(mask, kernel, stride)[0, 0] > 0
    wrong = (got != expected).sum(2)
    touching = (wrong * touches).sum().item()
    return {"touching": touching, "inside": wrong.sum().item() - touching}
""",
    "numpy": """
def wrong_at_border(got, expected, size, kernel, stride, pad):
    wrong = (np.asarray(got) != np.asarray(expected)).sum(-1)
    y, x = (np.arange(n) * stride - pad for n in wrong.shape)
    inside = np.ix_((y >= 0) & (y + kernel <= size[0]), (x >= 0) & (x + kernel <= size[1]))
    clean = int(wrong[inside].sum())
    return {"inside": clean, "touching": int(wrong.sum()) - clean}
""",
}
