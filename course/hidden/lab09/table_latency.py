"""Hidden cases of table_latency, lab 09, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close


def drive_rows_reversed(table_latency):
    names = ("size", "kernel_size", "expand_ratio", "stride", "out_channels", "in_channels", "ms")
    rows = [
        dict(zip(names, (size, kernel, ratio, stride, out, width, float(place)), strict=True))
        for place, (size, kernel, ratio, stride, out, width) in enumerate(
            (size, kernel, ratio, stride, out, width)
            for size in (16, 8)
            for kernel in (5, 3)
            for ratio in (4, 2)
            for stride in (2, 1)
            for out in (16, 24)
            for width in (16, 24)
        )
    ]
    blocks = [{name: row[name] for name in sorted(row) if name != "ms"} for row in rows[5:60:9]]
    before = [dict(row) for row in rows]
    return {"sum": table_latency(rows, blocks), "kept": rows == before, "empty": table_latency(rows, [])}


def judge_rows_reversed(data):
    hint = "Properties in another order, and every combination measured: each block has exactly one row."
    require_close(data["sum"], float(sum(range(5, 60, 9))), "wrong-sum", hint)
    require(data["kept"], "changes-its-input", "The rows of the table have changed.")
    require_close(data["empty"], 0.0, "wrong-sum", "A network without blocks takes no time.")


CASES = (Case("properties in another order", judge=judge_rows_reversed, driver=drive_rows_reversed),)

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
}
