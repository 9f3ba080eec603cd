"""Visible cases of accelerator_pieces, lab 11."""

import math
from itertools import pairwise

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, require_type


def inputs_nine_nodes() -> tuple:
    return ["Conv", "Relu", "Q", "Conv", "Relu", "Add", "Erf", "Q", "Q"], ["Relu", "Conv", "Add", "MaxPool"]


def inputs_ends_supported() -> tuple:
    return ["Gemm", "Z", "Y", "Gemm", "Y", "Mul", "Mul", "Z", "Gemm"], ["Mul", "Gemm", "Clip"]


def pieces_of(operators: list, supported: list) -> int:
    """Count the pieces by cutting a word at every unsupported operator."""
    word = "".join("+" if operator in supported else " " for operator in operators)
    return len(word.split())


def judge_pieces(found: Data, operators: list, supported: list) -> None:
    require_keys(found, "pieces", "share", "missing")
    require_type(found["pieces"], int, "pieces-no-int", "'pieces' is a whole number.")
    expected, taken = pieces_of(operators, supported), sum(operator in supported for operator in operators)
    rest = ["-" if operator in supported else "x" for operator in operators]
    gaps = len("".join(rest).replace("-", " ").split())
    changes = sum((a in supported) != (b in supported) for a, b in pairwise(operators))
    known = {
        gaps: ("counts-the-gaps", "These are the runs of operators that are *not* supported."),
        taken: ("counts-nodes", "These are all supported nodes. Neighbours belong to one piece."),
        changes: ("counts-changes", "These are the changes between supported and not. A piece has a start and an end."),
        gaps + expected: (
            "counts-both-kinds",
            "Pieces that stay on the processor count as well here. Count the supported ones.",
        ),
    }
    reject(found["pieces"], {wrong: what for wrong, what in known.items() if wrong != expected})
    require_close(found["pieces"], expected, "wrong-pieces", "Runs of supported operators, in the order of the file.")
    share = taken / len(operators) if operators else 0.0
    if operators:
        kinds = len(set(operators) & set(supported)) / len(set(operators))
        known = {
            1 - share: ("share-of-the-rest", "This is the share that is not supported."),
            100 * share: ("share-in-percent", "A share lies between 0 and 1."),
            kinds: ("share-of-kinds", "This counts each type once. Count the nodes."),
        }
        reject(found["share"], {w: what for w, what in known.items() if not math.isclose(w, share, rel_tol=1e-4)})
    require_close(found["share"], share, "wrong-share", "Supported nodes over all nodes.")
    missing = [operator for number, operator in enumerate(operators) if operator not in supported]
    require_type(found["missing"], list, "missing-no-list", "'missing' is a list of types.")
    hint = f"Each type once. Got {found['missing']}."
    require(len(set(found["missing"])) == len(found["missing"]), "missing-repeated", hint)
    unused = sorted(set(supported) - set(operators))
    hint = "These are on the list and not in the graph. Asked is what the graph has and the list has not."
    require(found["missing"] != unused or not unused, "the-other-difference", hint)
    once = list(dict.fromkeys(missing))
    hint = f"Sort the types. Got {found['missing']}."
    require(found["missing"] != once or once == sorted(once), "not-sorted", hint)
    require(found["missing"] == sorted(once), "wrong-missing", f"Expected {sorted(once)}, got {found['missing']}.")


CASES = (
    Case("nine nodes", inputs_nine_nodes, judge_pieces),
    Case("supported at both ends", inputs_ends_supported, judge_pieces),
)
