"""Visible cases of table_latency, lab 09."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type, show


def drive_small_table(table_latency: Callable) -> Data:
    names = ("in_channels", "out_channels", "stride", "expand_ratio", "kernel_size", "size", "ms")
    lines = [
        (32, 32, 1, 4, 3, 16, 0.5),
        (32, 32, 2, 4, 3, 16, 0.2),
        (32, 32, 1, 4, 5, 16, 8.0),
        (32, 32, 1, 4, 3, 8, 0.125),
        (32, 32, 1, 2, 3, 16, 4.0),
        (32, 64, 2, 4, 3, 16, 2.0),
        (16, 32, 1, 4, 3, 16, 32.0),
    ]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    blocks = [{name: rows[place][name] for name in names[:-1]} for place in (0, 0, 1, 3)]
    missing = {**blocks[0], "expand_ratio": 6}
    total = table_latency(rows, blocks)
    try:
        unknown = table_latency(rows, [*blocks, missing])
    except Exception:
        unknown = "an error"
    return {"sum": total, "unknown": unknown}


def judge_small_table(data: Data) -> None:
    total, unknown = data["sum"], data["unknown"]
    require_type(total, (int, float), "returns-wrong-type", "Return one number, the milliseconds of the network.")
    stride = "The block with stride 1 and the one with stride 2 got the same time. They differ in nothing else."
    size = "The block at 16 x 16 and the one at 8 x 8 got the same time, and one is a quarter of the work."
    reject(
        total,
        {
            0.825: ("counts-a-block-once", "The first block stands twice in the network and must be counted twice."),
            1.325 / 4: ("mean-not-sum", "Blocks run one after another: add their times, do not average them."),
            **dict.fromkeys((0.725, 1.625), ("keyed-without-stride", stride)),
            **dict.fromkeys((0.575, 1.7), ("keyed-without-size", size)),
            16.325: ("keyed-without-kernel", "A 3 x 3 block got the time of the 5 x 5 block."),
            16.0: ("keyed-by-channels", "Channels alone do not name a block: all six properties do."),
            8.325: ("keyed-without-expand-ratio", "A block with expand_ratio 4 got the time of one with 2."),
            64.325: ("keyed-without-in-channels", "A block of 32 input channels got the time of one with 16."),
            3.125: ("keyed-without-out-channels", "A block of 32 output channels got the time of one with 64."),
        },
    )
    require_close(total, 1.325, "wrong-sum", "The four blocks take 0.5, 0.5, 0.2 and 0.125.")
    hint = f"One block has expand_ratio 6 and is in no row. The answer was {show(unknown)}: what was never measured is "
    require(isinstance(unknown, str), "missing-block-is-free", hint + "not free. Let a missing row raise an error.")


def inputs_three_rows() -> tuple:
    names = ("size", "kernel_size", "expand_ratio", "stride", "out_channels", "in_channels", "ms")
    lines = [(8, 5, 6, 1, 24, 40, 0.375), (8, 5, 6, 1, 40, 24, 1.5), (8, 6, 5, 1, 40, 24, 6.0)]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    return rows, [{name: row[name] for name in sorted(row) if name != "ms"} for row in (rows[1], rows[0], rows[1])]


def judge_three_rows(total: Data) -> None:
    hint = "1.5, 0.375 and 1.5. Blocks name their properties in another order than rows: look each up by its name."
    require_close(total, 3.375, "wrong-sum", hint)


CASES = (
    Case("seven rows and four blocks", judge=judge_small_table, driver=drive_small_table),
    Case("properties in two orders", inputs_three_rows, judge_three_rows),
)
