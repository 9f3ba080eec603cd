"""Visible cases of choose_ratios, lab 05."""

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_type


def inputs_scan() -> tuple:
    scan = {
        "early": {0.25: 0.80, 0.5: 0.60, 0.75: 0.30},
        "middle": {0.25: 0.895, 0.5: 0.88, 0.75: 0.70},
        "late": {0.25: 0.90, 0.5: 0.86, 0.75: 0.88},
    }
    return scan, 0.90, 0.025


def judge_scan(ratios: Data) -> None:
    require_type(ratios, dict, "returns-no-dict", "Return a dict: group -> ratio.")
    require("early" in ratios, "leaves-a-group-out", "early is missing. A group that bears nothing keeps ratio 0.0.")
    require(set(ratios) == {"early", "middle", "late"}, "wrong-keys", "One entry for each group of the scan.")
    reject(ratios["early"], {0.25: ("prunes-anyway", "early loses 0.10 at its smallest ratio already: ratio 0.0.")})
    require_close(ratios["early"], 0.0, "wrong-ratio", "early bears nothing.", rtol=0)
    reject(ratios["middle"], {0.25: ("stops-too-early", "middle loses 0.02 at 0.5, which is within 0.025.")})
    require_close(ratios["middle"], 0.5, "wrong-ratio", "middle loses 0.02 at 0.5 and 0.20 at 0.75.", rtol=0)
    hint = "late is fine at 0.75 and not at 0.5: by luck. Stop at the first ratio that loses too much."
    reject(ratios["late"], {0.75: ("trusts-luck", hint)})
    require_close(ratios["late"], 0.25, "wrong-ratio", "late loses 0.04 at 0.5.", rtol=0)


def inputs_edges() -> tuple:
    scan = {"first": {0.5: 0.5, 0.25: 0.75, 0.75: 0.25}, "second": {0.125: 1.0, 0.375: 0.875, 0.625: 0.5}}
    return scan, 0.75, 0.125


def judge_edges(ratios: Data) -> None:
    require_type(ratios, dict, "returns-no-dict", "Return a dict: group -> ratio.")
    require(set(ratios) == {"first", "second"}, "wrong-keys", "One entry for each group of the scan.")
    require_close(
        ratios["first"], 0.25, "wrong-ratio", "first loses 0 at 0.25 and 0.25 at 0.5; 0.125 is allowed.", rtol=0
    )
    hint = "second gains 0.25 at 0.125 and 0.125 at 0.375. A gain is no loss."
    reject(ratios["second"], {0.0: ("refuses-a-gain", hint)})
    require_close(ratios["second"], 0.375, "wrong-ratio", "second gains up to 0.375 and loses 0.25 at 0.625.", rtol=0)


def inputs_tie() -> tuple:
    return {"only": {0.25: 0.875, 0.75: 0.5, 0.5: 0.75}}, 1.0, 0.25


def judge_tie(ratios: Data) -> None:
    require_type(ratios, dict, "returns-no-dict", "Return a dict: group -> ratio.")
    require(set(ratios) == {"only"}, "wrong-keys", "One entry for each group of the scan.")
    hint = "A loss of 0.25 is not more than a tolerance of 0.25: go on."
    reject(ratios["only"], {0.25: ("stops-at-the-tolerance", hint)})
    require_close(ratios["only"], 0.5, "wrong-ratio", "It loses 0.125, 0.25 and 0.5.", rtol=0)


CASES = (
    Case("three groups", inputs_scan, judge_scan),
    Case("groups that gain", inputs_edges, judge_edges),
    Case("a loss equal to the tolerance", inputs_tie, judge_tie),
)
