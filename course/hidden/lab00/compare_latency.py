"""Hidden cases of compare_latency, lab 00, and wrong answers to it."""

from labsupport.checks.protocol import Case, require, require_close


def drive_three_candidates(compare_latency):
    now, called = [0.0], []

    def candidate(name, milliseconds):
        def call():
            called.append(name)
            now[0] += milliseconds / 1000

        return call

    names = {"eager": 8.0, "onnx": 2.0, "int8": 0.5}
    result = compare_latency({name: candidate(name, cost) for name, cost in names.items()}, lambda: now[0], 7, 3)
    return {"result": result, "called": called}


def judge_three_candidates(data):
    require_close(
        [data["result"][name] for name in ("eager", "onnx", "int8")],
        [8.0, 2.0, 0.5],
        "wrong-median",
        "Three candidates on a steady machine.",
    )
    require(
        all(data["called"].count(name) == 10 for name in ("eager", "onnx", "int8")),
        "wrong-number-of-calls",
        "3 warm-ups and 7 rounds call every candidate 10 times.",
    )
    timed = data["called"][9:]
    require(
        all(set(timed[start : start + 3]) == {"eager", "onnx", "int8"} for start in range(0, 21, 3)),
        "not-interleaved",
        "Every round calls every candidate once.",
    )


def inputs_zero_warm_up() -> tuple:
    now = [0.0]

    def call():
        now[0] += 0.25

    return {"one": call}, lambda: now[0], 1, 0


def judge_zero_warm_up(result):
    require_close(result["one"], 250.0, "wrong-median", "One round without warm-up.")


CASES = (
    Case("three candidates", judge=judge_three_candidates, driver=drive_three_candidates),
    Case("one round, no warm-up", inputs_zero_warm_up, judge_zero_warm_up),
)

WRONG_ANSWERS = {
    "seconds-for-milliseconds": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append(clock() - started)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
    "times-the-warm-up": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    result = {}
    for name, call in candidates.items():
        started = clock()
        for _ in range(num_warmup + num_rounds):
            call()
        result[name] = (clock() - started) / num_rounds * 1000
    return result
""",
    "no-warm-up": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds + num_warmup):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
    "takes-the-minimum": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: min(values) for name, values in samples.items()}
""",
    "keeps-the-last": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    result = {}
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            result[name] = (clock() - started) * 1000
    return result
""",
    "not-interleaved": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    result = {}
    for name, call in candidates.items():
        samples = []
        for _ in range(num_rounds):
            started = clock()
            call()
            samples.append((clock() - started) * 1000)
        result[name] = torch.tensor(samples, dtype=torch.float64).quantile(0.5).item()
    return result
""",
    "takes-the-mean": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        for _ in range(num_warmup):
            call()
    totals = dict.fromkeys(candidates, 0.0)
    for _ in range(num_rounds):
        for name, call in candidates.items():
            started = clock()
            call()
            totals[name] += clock() - started
    return {name: total / num_rounds * 1000 for name, total in totals.items()}
""",
    "wrong-number-of-calls": """
def compare_latency(candidates, clock, num_rounds, num_warmup):
    for call in candidates.values():
        call()
    samples = {name: [] for name in candidates}
    for _ in range(num_rounds - num_warmup):
        for name, call in candidates.items():
            started = clock()
            call()
            samples[name].append((clock() - started) * 1000)
    return {name: torch.tensor(values, dtype=torch.float64).quantile(0.5).item() for name, values in samples.items()}
""",
}
