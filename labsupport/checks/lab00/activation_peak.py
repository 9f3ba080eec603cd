"""Visible cases of activation_peak, lab 00."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_type


def inputs_chain() -> tuple:
    return (
        [
            {"reads": [], "writes": "image", "bytes": 300},
            {"reads": ["image"], "writes": "conv1", "bytes": 800},
            {"reads": ["conv1"], "writes": "relu1", "bytes": 700},
            {"reads": ["relu1"], "writes": "conv2", "bytes": 200},
            {"reads": ["conv2"], "writes": "answer", "bytes": 10},
        ],
    )


def inputs_block() -> tuple:
    return (
        [
            {"reads": [], "writes": "image", "bytes": 50},
            {"reads": ["image"], "writes": "stem", "bytes": 400},
            {"reads": ["stem"], "writes": "wide", "bytes": 600},
            {"reads": ["wide"], "writes": "narrow", "bytes": 500},
            {"reads": ["narrow", "stem"], "writes": "sum", "bytes": 450},
            {"reads": ["sum"], "writes": "answer", "bytes": 20},
        ],
    )


def inputs_two_answers() -> tuple:
    return (
        [
            {"reads": [], "writes": "image", "bytes": 90},
            {"reads": ["image"], "writes": "early answer", "bytes": 40},
            {"reads": ["image"], "writes": "deep", "bytes": 70},
            {"reads": ["deep"], "writes": "deeper", "bytes": 130},
            {"reads": ["deeper", "image"], "writes": "answer", "bytes": 30},
        ],
    )


def judge_peak(peak: Data, steps: list[dict]) -> None:
    require_type(peak, (int, float), "returns-no-number", "Return one number, bytes.")
    last = {name: number for number, step in enumerate(steps) for name in step["reads"]}
    size = {step["writes"]: step["bytes"] for step in steps}

    def most(stays: object) -> int:
        """Return the peak where `stays(written, last_read, now)` says what is alive."""
        return max(
            sum(
                size[step["writes"]]
                for written, step in enumerate(steps[: now + 1])
                if stays(written, last.get(step["writes"], len(steps)), now)
            )
            for now in range(len(steps))
        )

    right = most(lambda _, read, now: read >= now)
    known = {
        "never-frees": (sum(size.values()), "This is the sum of all results. One that nobody reads any more is free."),
        "largest-result-alone": (
            max(size.values()),
            "This is the largest single result. Its step reads others as well.",
        ),
        "frees-what-is-being-read": (
            most(lambda written, read, now: read > now or written == now),
            "What a step reads is still alive while it runs: free it after the step.",
        ),
        "forgets-what-waits": (
            max(step["bytes"] + sum(size[name] for name in step["reads"]) for step in steps),
            "This counts what a step reads and writes. A result that a later step reads, or that the network returns, "
            "is alive in between as well.",
        ),
        "frees-the-answer": (
            most(lambda written, read, now: written == now or now <= read < len(steps)),
            "A result that no step reads is what the network returns. It stays alive to the end.",
        ),
    }
    for mistake, (wrong, hint) in known.items():
        if wrong != right:
            require(peak != wrong, mistake, hint)
    require(peak == int(peak), "bytes-not-whole", "A peak has a whole number of bytes.")
    require_close(peak, right, "wrong-peak", "The most bytes alive while one step runs.", rtol=0, atol=0)


CASES = (
    Case("a chain of layers", inputs_chain, judge_peak),
    Case("a block with a shortcut", inputs_block, judge_peak),
    Case("a network with two answers", inputs_two_answers, judge_peak),
)
