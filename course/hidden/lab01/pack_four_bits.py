"""Hidden cases of pack_four_bits, lab 01, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_dtype


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = ((3, 5), (2, 3, 2, 2), (1,), (0,), (17,), (4, 1, 3, 3))[seed % 6]
    return (torch.randint(-8, 8, shape, generator=generator, dtype=torch.int8),)


def judge_drawn(packed, codes):
    halves = [code % 16 for code in codes.flatten().tolist()]
    halves += [0] * (len(halves) % 2)
    expected = [low + 16 * high for low, high in zip(halves[::2], halves[1::2], strict=True)]
    require_dtype(packed, "uint8", "wrong-type", "The result is uint8.")
    hint = f"{codes.numel()} codes of shape {tuple(codes.shape)}, the first of a pair in the lower half."
    require_close(packed, expected, "wrong-bytes", hint, rtol=0, atol=0)


def inputs_all_codes() -> tuple:
    import torch

    return (torch.arange(-8, 8, dtype=torch.int8).repeat_interleave(2)[1:-1].reshape(5, 6),)


CASES = (
    Case("drawn codes", inputs_drawn, judge_drawn, seeds=20),
    Case("every code on both sides", inputs_all_codes, judge_drawn),
)

WRONG_ANSWERS = {
    "first-code-on-top": edit("halves[0::2] | (halves[1::2] << 4)", "(halves[0::2] << 4) | halves[1::2]"),
    "pairs-across": edit(
        "halves[0::2] | (halves[1::2] << 4)", "halves[: len(halves) // 2] | (halves[len(halves) // 2 :] << 4)"
    ),
    "keeps-the-sign": edit("codes.flatten() & 15", "codes.flatten()"),
    "wrong-type": edit(
        "    return halves[0::2] | (halves[1::2] << 4)", "    return (halves[0::2] | (halves[1::2] << 4)).int()"
    ),
    "wrong-type, int8": edit("(codes.flatten() & 15).to(torch.uint8)", "codes.flatten() & 15"),
    "drops-the-odd-code": """
def pack_four_bits(codes):
    halves = (codes.flatten() & 15).to(torch.uint8)
    count = len(halves) // 2
    return halves[0 : 2 * count : 2] | (halves[1::2] << 4)
""",
    "wrong-last-half": edit("halves.new_zeros(1)", "halves[-1:]"),
    "moves-by-eight": edit("(codes.flatten() & 15)", "(codes.flatten() + 8)"),
    "adds-the-codes": edit("halves[0::2] | (halves[1::2] << 4)", "halves[0::2] | halves[1::2]"),
    "one-byte-a-code": edit(
        "    if len(halves) % 2:\n        halves = torch.cat([halves, halves.new_zeros(1)])\n",
        "",
        "halves[0::2] | (halves[1::2] << 4)",
        "halves",
    ),
    "raises-runtime-error": edit(
        "    if len(halves) % 2:\n        halves = torch.cat([halves, halves.new_zeros(1)])\n", ""
    ),
    "changes-its-argument": edit("codes.flatten() & 15", "codes.flatten().bitwise_and_(15)"),
    "wrong-shape, keeps the rows": """
def pack_four_bits(codes):
    halves = (codes & 15).to(torch.uint8)
    if halves.shape[-1] % 2:
        halves = torch.cat([halves, halves.new_zeros(*halves.shape[:-1], 1)], dim=-1)
    return halves[..., 0::2] | (halves[..., 1::2] << 4)
""",
}

READERS_WRONG_ANSWERS = {
    "wrong-shape, packed row by row": """
def pack_four_bits(codes: Tensor) -> Tensor:
    nibbles = (codes & 15).to(torch.uint8)
    if nibbles.shape[-1] % 2:
        nibbles = F.pad(nibbles, (0, 1))
    packed = nibbles[..., 0::2] | (nibbles[..., 1::2] << 4)
    return packed.flatten()
""",
    "first-code-on-top, halves swapped": """
def pack_four_bits(codes: Tensor) -> Tensor:
    nibbles = (codes.flatten() & 15).to(torch.uint8)
    if len(nibbles) % 2:
        nibbles = torch.cat([nibbles, nibbles.new_zeros(1)])
    return (nibbles[0::2] << 4) | nibbles[1::2]
""",
    "drops-the-odd-code, odd code dropped": """
def pack_four_bits(codes: Tensor) -> Tensor:
    nibbles = (codes.flatten() & 15).to(torch.uint8)
    pairs = len(nibbles) // 2
    low = nibbles[0 : 2 * pairs : 2]
    high = nibbles[1 : 2 * pairs : 2]
    return low | (high << 4)
""",
}

RIGHT_ANSWERS = {
    "remainders and sums": """
def pack_four_bits(codes):
    halves = torch.remainder(codes.reshape(-1).int(), 16)
    halves = torch.nn.functional.pad(halves, (0, halves.numel() % 2)).reshape(-1, 2)
    return (halves[:, 0] + 16 * halves[:, 1]).to(torch.uint8)
""",
    "loops": """
def pack_four_bits(codes):
    numbers = codes.flatten().tolist()
    packed = []
    for place in range(0, len(numbers), 2):
        low = numbers[place] % 16
        high = numbers[place + 1] % 16 if place + 1 < len(numbers) else 0
        packed.append(low + (high << 4))
    return torch.tensor(packed, dtype=torch.uint8)
""",
    "numpy's bits": """
def pack_four_bits(codes):
    import numpy as np

    flat = codes.numpy().ravel().view(np.uint8) & np.uint8(15)
    flat = np.append(flat, np.zeros(flat.size % 2, np.uint8))
    return torch.from_numpy(flat[::2] + flat[1::2] * np.uint8(16))
""",
}
