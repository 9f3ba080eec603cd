"""Hidden cases of place_tensors, lab 13, and answers to it."""

from course.answers import edit
from labsupport.checks.lab13.place_tensors import judge_places
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import random

    draw, tensors = random.Random(seed), []
    for number in range(4 + seed % 9):
        first = draw.randrange(8)
        span = {"first": first, "last": first + draw.randrange(4)}
        tensors.append({"name": f"t{number}", "bytes": draw.choice([1, 7, 16, 30, 64, 100]), **span})
    return (tensors,)


def inputs_nothing() -> tuple:
    return ([],)


def inputs_chain() -> tuple:
    return ([{"name": f"layer {n}", "bytes": 10 * n + 1, "first": n, "last": n + 1} for n in range(5)],)


CASES = (
    Case("other networks", inputs_drawn, judge_places, seeds=20),
    Case("no tensors", inputs_nothing, judge_places),
    Case("a chain", inputs_chain, judge_places),
)

WRONG_ANSWERS = {
    "ignores-lifetimes": edit(' if other["first"] <= one["last"] and one["first"] <= other["last"]', ""),
    "shares-within-a-layer": edit(
        'other["first"] <= one["last"] and one["first"] <= other["last"]',
        'other["first"] < one["last"] and one["first"] < other["last"]',
    ),
    "never-fills-a-hole": edit(
        """            if offset + one["bytes"] <= at:
                break
""",
        "",
    ),
    "not-aligned": edit('-(-(at + other["bytes"]) // 4) * 4', 'at + other["bytes"]'),
    "another-order": edit("for one in tensors:", "for one in sorted(tensors, key=lambda one: -one['bytes']):"),
    "wrong-place, rivals not sorted": edit("sorted(rivals, key=lambda pair: pair[0])", "reversed(rivals)"),
    "wrong-place, rounds down": edit('-(-(at + other["bytes"]) // 4) * 4', '(at + other["bytes"]) // 4 * 4'),
    "wrong-place, forgets where it was": edit('max(offset, -(-(at + other["bytes"]) // 4) * 4)', "0"),
    "returns-no-dict": edit('{one["name"]: at for at, one in placed}', "[at for at, one in placed]"),
    "changes-its-argument": edit("    placed = []", "    placed = []\n    tensors.sort(key=lambda one: one['first'])"),
}

READERS_WRONG_ANSWERS = {
    "wrong-place, walks down behind a short rival": """
def place_tensors(tensors: list[dict]) -> dict[str, int]:
    offsets, sizes = {}, {}
    for t in tensors:
        rivals = [o["name"] for o in tensors if o["name"] in offsets and o["first"] <= t["last"]
                  and t["first"] <= o["last"]]
        at = 0
        for r in sorted(rivals, key=offsets.get):
            if at + t["bytes"] <= offsets[r]:
                break
            at = (offsets[r] + sizes[r] + 3) // 4 * 4
        offsets[t["name"]], sizes[t["name"]] = at, t["bytes"]
    return offsets
""",
    "never-fills-a-hole, behind the highest rival": """
def place_tensors(tensors: list[dict]) -> dict[str, int]:
    offsets = {}
    done = []
    for t in tensors:
        top = 0
        for other in done:
            if not (other["last"] < t["first"] or t["last"] < other["first"]):
                top = max(top, offsets[other["name"]] + other["bytes"])
        offsets[t["name"]] = (top + 3) // 4 * 4
        done.append(t)
    return offsets
""",
    "shares-within-a-layer, last is free again": """
def place_tensors(tensors: list[dict]) -> dict[str, int]:
    result = {}
    for i, t in enumerate(tensors):
        taken = sorted(
            (result[o["name"]], result[o["name"]] + o["bytes"])
            for o in tensors[:i]
            if o["first"] < t["last"] and t["first"] < o["last"]
        )
        offset = 0
        for start, end in taken:
            if offset + t["bytes"] <= start:
                break
            offset = max(offset, (end + 3) // 4 * 4)
        result[t["name"]] = offset
    return result
""",
    "wrong-place, only starts of rivals are tried": """
def place_tensors(tensors: list[dict]) -> dict[str, int]:
    result = {}
    for t in tensors:
        rivals = [o for o in tensors if o["name"] in result and o["first"] <= t["last"] and t["first"] <= o["last"]]
        offset = 0
        while any(
            result[o["name"]] <= offset < result[o["name"]] + o["bytes"] for o in rivals
        ):
            offset += 4
        result[t["name"]] = offset
    return result
""",
}

RIGHT_ANSWERS = {
    "every offset is tried": """
def place_tensors(tensors):
    offsets = {}
    for t in tensors:
        rivals = [o for o in tensors if o["name"] in offsets and not (o["last"] < t["first"] or t["last"] < o["first"])]
        spans = [(offsets[o["name"]], offsets[o["name"]] + o["bytes"]) for o in rivals]
        offset = 0
        while any(offset < end and start < offset + t["bytes"] for start, end in spans):
            offset += 4
        offsets[t["name"]] = offset
    return offsets
""",
    "ends of rivals as candidates": """
def place_tensors(tensors):
    placed = {}
    for t in tensors:
        meet = lambda o: max(o["first"], t["first"]) <= min(o["last"], t["last"])
        rivals = [(a, a + o["bytes"]) for a, o in placed.values() if meet(o)]
        candidates = [0] + [(end + 3) // 4 * 4 for _, end in rivals]
        free = [c for c in candidates if all(c + t["bytes"] <= start or end <= c for start, end in rivals)]
        placed[t["name"]] = (min(free), t)
    return {name: at for name, (at, _) in placed.items()}
""",
    "a set of bytes": """
def place_tensors(tensors):
    offsets = {}
    for index, t in enumerate(tensors):
        layers = set(range(t["first"], t["last"] + 1))
        taken = set()
        for o in tensors[:index]:
            if layers & set(range(o["first"], o["last"] + 1)):
                taken |= set(range(offsets[o["name"]], offsets[o["name"]] + o["bytes"]))
        offset = 0
        while taken & set(range(offset, offset + t["bytes"])):
            offset += 4
        offsets[t["name"]] = offset
    return offsets
""",
}
