"""Hidden cases of table_latency, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import itertools
    import random

    draws = random.Random(seed)
    names = ["in_channels", "out_channels", "stride", "expand_ratio", "kernel_size", "size"]
    draws.shuffle(names)
    grid = {"in_channels": (8, 16), "out_channels": (8, 16), "stride": (1, 2), "expand_ratio": (2, 4)}
    grid |= {"kernel_size": (3, 5), "size": (8, 16)}
    rows = [dict(zip(names, values, strict=True)) for values in itertools.product(*(grid[name] for name in names))]
    draws.shuffle(rows)
    blocks = [dict(sorted(draws.choice(rows).items())) for _ in range(seed % 9)]
    return [row | {"ms": draws.randint(1, 9) / 64} for row in rows], blocks


def judge_drawn(total, rows, blocks):
    expected = sum(row["ms"] for block in blocks for row in rows if row == block | {"ms": row["ms"]})
    require_close(total, expected, "wrong-sum", f"{len(blocks)} blocks, every combination measured once.")


CASES = (Case("every combination measured", inputs_drawn, judge_drawn, seeds=18),)

WRONG_ANSWERS = {
    "keyed-without-stride": edit(
        'sorted(set(rows[0]) - {"ms"})', "('in_channels', 'out_channels', 'expand_ratio', 'kernel_size', 'size')"
    ),
    "keyed-without-size": edit(
        'sorted(set(rows[0]) - {"ms"})', "('in_channels', 'out_channels', 'stride', 'expand_ratio', 'kernel_size')"
    ),
    "keyed-without-kernel": edit(
        'sorted(set(rows[0]) - {"ms"})', "('in_channels', 'out_channels', 'stride', 'expand_ratio', 'size')"
    ),
    "keyed-without-expand-ratio": edit(
        'sorted(set(rows[0]) - {"ms"})', "('in_channels', 'out_channels', 'stride', 'kernel_size', 'size')"
    ),
    "keyed-without-in-channels": edit(
        'sorted(set(rows[0]) - {"ms"})', "('out_channels', 'stride', 'expand_ratio', 'kernel_size', 'size')"
    ),
    "keyed-without-out-channels": edit(
        'sorted(set(rows[0]) - {"ms"})', "('in_channels', 'stride', 'expand_ratio', 'kernel_size', 'size')"
    ),
    "keyed-by-channels": """
def table_latency(rows, blocks):
    table = {(row["in_channels"], row["out_channels"]): row["ms"] for row in rows}
    return sum(table[block["in_channels"], block["out_channels"]] for block in blocks)
""",
    "missing-block-is-free": edit(
        'sorted(set(rows[0]) - {"ms"})',
        '[name for name in rows[0] if name != "ms"]',
        "table[tuple(block[name] for name in names)]",
        "table.get(tuple(block[name] for name in names), 0.0)",
    ),
    "counts-a-block-once": """
def table_latency(rows, blocks):
    total = 0.0
    for row in rows:
        if {name: value for name, value in row.items() if name != "ms"} in blocks:
            total += row["ms"]
    return total
""",
    "mean-not-sum": """
def table_latency(rows, blocks):
    names = [name for name in rows[0] if name != "ms"]
    table = {tuple(row[name] for name in names): row["ms"] for row in rows}
    return sum(table[tuple(block[name] for name in names)] for block in blocks) / len(blocks)
""",
    "wrong-sum, rounded": edit(
        "return sum(table[tuple(block[name] for name in names)] for block in blocks)",
        "return round(sum(table[tuple(block[name] for name in names)] for block in blocks), 1)",
    ),
    "changes-its-argument": """
def table_latency(rows, blocks):
    table = {}
    for row in rows:
        ms = row.pop('ms')
        table[tuple(sorted(row.items()))] = ms
    return sum(table[tuple(sorted(block.items()))] for block in blocks)
""",
    "raises-key-error, by place": """
def table_latency(rows, blocks):
    table = {tuple(v for k, v in row.items() if k != 'ms'): row['ms'] for row in rows}
    return sum(table[tuple(block.values())] for block in blocks)
""",
    "counts-a-block-once, distinct times": edit(
        "return sum(table[tuple(block[name] for name in names)] for block in blocks)",
        "return sum({table[tuple(block[name] for name in names)] for block in blocks})",
    ),
    "wrong-sum, sorted values": """
def table_latency(rows, blocks):
    table = {tuple(sorted(v for k, v in row.items() if k != 'ms')): row['ms'] for row in rows}
    return sum(table[tuple(sorted(block.values()))] for block in blocks)
""",
    "missing-block-is-free, nearest": edit(
        "table[tuple(block[name] for name in names)]",
        "table.get(tuple(block[name] for name in names), min(table.values()))",
    ),
}

READERS_WRONG_ANSWERS = {
    "keyed-without-kernel, kernel size left out": """
def table_latency(rows: list[dict], blocks: list[dict]) -> float:
    names = ("in_channels", "out_channels", "stride", "expand_ratio", "size")
    table = {tuple(row[name] for name in names): row["ms"] for row in rows}
    return sum(table[tuple(block[name] for name in names)] for block in blocks)
""",
    "missing-block-is-free, unknown block is free": """
def table_latency(rows: list[dict], blocks: list[dict]) -> float:
    def key(entry):
        return (
            entry["in_channels"],
            entry["out_channels"],
            entry["stride"],
            entry["expand_ratio"],
            entry["kernel_size"],
            entry["size"],
        )

    table = {key(row): row["ms"] for row in rows}
    total = 0.0
    for block in blocks:
        total += table.get(key(block), 0.0)
    return total
""",
    "counts-a-block-once, repeated block counted once": """
def table_latency(rows: list[dict], blocks: list[dict]) -> float:
    names = ["in_channels", "out_channels", "stride", "expand_ratio", "kernel_size", "size"]
    table = {}
    for row in rows:
        table[tuple(row[name] for name in names)] = row["ms"]
    needed = {tuple(block[name] for name in names) for block in blocks}
    return float(sum(table[key] for key in needed))
""",
}

RIGHT_ANSWERS = {
    "names written down": """
def table_latency(rows, blocks):
    names = 'in_channels', 'out_channels', 'stride', 'expand_ratio', 'kernel_size', 'size'
    table = {tuple(row[n] for n in names): row['ms'] for row in rows}
    total = 0.0
    for block in blocks:
        total += table[tuple(block[n] for n in names)]
    return total
""",
    "frozen sets of pairs": """
def table_latency(rows, blocks):
    table = {frozenset((k, v) for k, v in row.items() if k != 'ms'): row['ms'] for row in rows}
    return math.fsum(table[frozenset(block.items())] for block in blocks)
""",
    "a search for each block": """
def table_latency(rows, blocks):
    total = 0
    for block in blocks:
        found = [row['ms'] for row in rows if all(row[name] == value for name, value in block.items())]
        if len(found) != 1:
            raise LookupError(block)
        total += found[0]
    return total
""",
}
