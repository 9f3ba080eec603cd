"""Hidden cases of coded_bits, lab 04, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def inputs_powers_of_two() -> tuple:
    import torch

    counts = [1, 1, 2, 4, 8, 16, 32]
    symbols = torch.cat([torch.full((count,), 3 * number - 7) for number, count in enumerate(counts)])
    return symbols.reshape(4, 16), 32


def judge_powers_of_two(bits):
    lengths = [6, 6, 5, 4, 3, 2, 1]
    words = sum(count * length for count, length in zip([1, 1, 2, 4, 8, 16, 32], lengths, strict=True))
    hint = f"With counts that are powers of two a symbol of share 1/2^n takes n bits: {words} in all, and 7 entries."
    require_close(bits, words + 7 * 32, "wrong-bits", hint, rtol=1e-9)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    size = (1 + seed % 5, 7, 1 + seed % 3)
    spread = 1 + 3 * (seed % 4)
    return (torch.randn(size, generator=generator) * spread).round().long(), 1 + seed % 33


def judge_drawn(bits, symbols, entry_bits):
    values = symbols.flatten().tolist()
    groups = [([value], values.count(value)) for value in sorted(set(values))]
    lengths = dict.fromkeys(values, 0)
    while len(groups) > 1:
        groups.sort(key=lambda group: group[1])
        (first, rare), (second, next_rare), *groups = groups
        for value in first + second:
            lengths[value] += 1
        groups.append((first + second, rare + next_rare))
    require(isinstance(bits, (int, float)), "wrong-bits", "A number of bits.")
    words = sum(lengths[value] for value in values)
    hint = f"{len(values)} elements, {len(lengths)} different symbols, {entry_bits} bits an entry."
    require_close(bits, words + entry_bits * len(lengths), "wrong-bits", hint, rtol=1e-9)


CASES = (
    Case("shares that are powers of two", inputs_powers_of_two, judge_powers_of_two),
    Case("drawn symbols", inputs_drawn, judge_drawn, seeds=20),
)

WRONG_ANSWERS = {
    "forgets-the-table": edit("bits = entry_bits * len(counts)", "bits = 0"),
    "counts-absent-symbols": edit("entry_bits * len(counts)", "entry_bits * (int(symbols.max()) + 1)"),
    "table-of-all-elements": edit("entry_bits * len(counts)", "entry_bits * symbols.numel()"),
    "one-table-entry": edit("entry_bits * len(counts)", "entry_bits"),
    "stops-too-early": edit("while len(counts) > 1", "while len(counts) > 2"),
    "fixed-length-code": """
def coded_bits(symbols, entry_bits):
    different = len(symbols.unique())
    return entry_bits * different + symbols.numel() * math.ceil(math.log2(different))
""",
    "does-not-sort-again": """
def coded_bits(symbols, entry_bits):
    counts = sorted(symbols.unique(return_counts=True)[1].tolist())
    bits = entry_bits * len(counts)
    while len(counts) > 1:
        merged = counts.pop(0) + counts.pop(0)
        counts.append(merged)
        bits += merged
    return bits
""",
    "merges-the-most-frequent": """
def coded_bits(symbols, entry_bits):
    counts = sorted(symbols.unique(return_counts=True)[1].tolist())
    bits = entry_bits * len(counts)
    while len(counts) > 1:
        counts.append(counts.pop() + counts.pop())
        bits += counts[-1]
    return bits
""",
    "one-symbol-costs-bits": edit(
        "    heapq.heapify(counts)", "    bits += counts[0] if len(counts) == 1 else 0\n    heapq.heapify(counts)"
    ),
    "wrong-bits, the entropy is a bound and no code": """
def coded_bits(symbols, entry_bits):
    counts = symbols.unique(return_counts=True)[1].double()
    return entry_bits * len(counts) - (counts * (counts / counts.sum()).log2()).sum().item()
""",
}

READERS_WRONG_ANSWERS = {
    "one-growing-group, sorted once and then a running sum": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    counts = sorted(symbols.unique(return_counts=True)[1].tolist())
    bits, merged = 0, counts[0]
    for count in counts[1:]:
        merged += count
        bits += merged
    return bits + entry_bits * len(counts)
""",
    "one-table-entry, the number of symbols taken after the loop": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    _, counts = symbols.unique(return_counts=True)
    heap = counts.tolist()
    heapq.heapify(heap)
    bits = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        bits += merged
        heapq.heappush(heap, merged)
    return bits + entry_bits * len(heap)
""",
    "counts-absent-symbols, bincount": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    heap = symbols.flatten().bincount().tolist()
    different = len(heap)
    heapq.heapify(heap)
    bits = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        bits += merged
        heapq.heappush(heap, merged)
    return bits + entry_bits * different
""",
    "forgets-the-table, code words alone": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    counts = symbols.unique(return_counts=True)[1].tolist()
    heapq.heapify(counts)
    total = 0
    while len(counts) > 1:
        merged = heapq.heappop(counts) + heapq.heappop(counts)
        total += merged
        heapq.heappush(counts, merged)
    return total
""",
    "wrong-bits, a list that is not made a heap": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    counts = symbols.unique(return_counts=True)[1].tolist()
    total = entry_bits * len(counts)
    while len(counts) > 1:
        merged = counts.pop(0) + counts.pop(0)
        total += merged
        heapq.heappush(counts, merged)
    return total
""",
    "wrong-bits, each merge costs one bit": """
def coded_bits(symbols: Tensor, entry_bits: int) -> int:
    counts = symbols.unique(return_counts=True)[1].tolist()
    heapq.heapify(counts)
    total = entry_bits * len(counts)
    while len(counts) > 1:
        heapq.heappush(counts, heapq.heappop(counts) + heapq.heappop(counts))
        total += 1
    return total
""",
}

RIGHT_ANSWERS = {
    "a sorted list": """
def coded_bits(symbols, entry_bits):
    counts = sorted(symbols.unique(return_counts=True)[1].tolist())
    bits = entry_bits * len(counts)
    while len(counts) > 1:
        first, second, *counts = counts
        bits += first + second
        counts = sorted([*counts, first + second])
    return bits
""",
    "code lengths of each symbol": """
def coded_bits(symbols, entry_bits):
    from collections import Counter

    counts = Counter(symbols.flatten().tolist())
    lengths = dict.fromkeys(counts, 0)
    heap = [(count, number, [symbol]) for number, (symbol, count) in enumerate(counts.items())]
    heapq.heapify(heap)
    number = len(heap)
    while len(heap) > 1:
        a, _, left = heapq.heappop(heap)
        b, _, right = heapq.heappop(heap)
        for symbol in left + right:
            lengths[symbol] += 1
        heapq.heappush(heap, (a + b, number, left + right))
        number += 1
    return sum(counts[s] * lengths[s] for s in counts) + entry_bits * len(counts)
""",
    "numpy and recursion": """
def coded_bits(symbols, entry_bits):
    import numpy as np

    def merged(counts):
        if len(counts) < 2:
            return 0
        counts = np.sort(counts)
        return int(counts[0] + counts[1]) + merged(np.append(counts[2:], counts[0] + counts[1]))

    counts = np.unique(symbols.numpy(), return_counts=True)[1]
    return merged(counts) + entry_bits * len(counts)
""",
}
