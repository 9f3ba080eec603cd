"""Visible cases of integer_nodes, lab 11."""

from labsupport.checks.protocol import Case, Data, require, require_type


def inputs_two_convolutions() -> tuple:
    rows = (
        ("q0", "QuantizeLinear", "input scale", "q_in"),
        ("d0", "DequantizeLinear", "q_in scale", "x"),
        ("dw", "DequantizeLinear", "w8 w_scale", "w"),
        ("conv1", "Conv", "x w", "y"),
        ("q1", "QuantizeLinear", "y scale", "q_y"),
        ("d1", "DequantizeLinear", "q_y scale", "y2"),
        ("conv2", "Conv", "y2 float_weight", "z"),
        ("q2", "QuantizeLinear", "z scale", "q_z"),
        ("d2", "DequantizeLinear", "q_z scale", "z2"),
        ("pool", "ReduceMean", "z2", "mean"),
        ("gemm", "Gemm", "mean w", "output"),
        ("resize", "Resize", "picture", "small"),
        ("q3", "QuantizeLinear", "small scale", "q_small"),
    )
    return ([{"name": n, "operator": o, "reads": r.split(), "writes": w.split()} for n, o, r, w in rows],)


def inputs_two_branches() -> tuple:
    rows = (
        ("shift", "Add", "a a", "moved"),
        ("add", "Add", "a b", "sum"),
        ("da", "DequantizeLinear", "qa s", "a"),
        ("db", "DequantizeLinear", "qb s", "b"),
        ("qm", "QuantizeLinear", "moved s", "qmoved"),
        ("qs", "QuantizeLinear", "sum s", "qsum"),
        ("qs2", "QuantizeLinear", "sum s2", "qsum2"),
        ("mul", "Mul", "a b", "product"),
        ("qp", "QuantizeLinear", "product s", "qp"),
        ("log", "Log", "product", "logged"),
        ("copy", "QuantizeLinear", "b", "again"),
        ("relu", "Relu", "b", "unused"),
        ("back", "DequantizeLinear", "again", "c"),
    )
    return ([{"name": n, "operator": o, "reads": r.split(), "writes": w.split()} for n, o, r, w in rows],)


def integer_by_search(nodes: list) -> dict[str, tuple[bool, bool, bool, bool]]:
    """Return of each node: all inputs from DQ, some input from DQ, all readers Q, some reader Q."""
    found = {}
    for node in nodes:
        writers = [
            [one["operator"] for one in nodes if tensor in one["writes"]] == ["DequantizeLinear"]
            for tensor in node["reads"]
        ]
        readers = [
            one["operator"] == "QuantizeLinear"
            for one in nodes
            if any(tensor in one["reads"] for tensor in node["writes"])
        ]
        found[node["name"]] = (
            bool(writers) and all(writers),
            any(writers),
            bool(readers) and all(readers),
            any(readers),
        )
    return found


def judge_integer_nodes(found: Data, nodes: list) -> None:
    require_type(found, list, "returns-no-list", "Return a list of names.")
    about = integer_by_search(nodes)
    expected = [name for name, (before, _, after, _) in about.items() if before and after]
    operator = {node["name"]: node["operator"] for node in nodes}
    no_readers = {n["name"] for n in nodes if not any(t in o["reads"] for o in nodes for t in n["writes"])}
    for wrong, mistake, hint in (
        (
            [name for name, (before, _, _, _) in about.items() if before],
            "looks-at-inputs-only",
            "A result that is needed in float as well cannot stay an integer: look at who reads it.",
        ),
        (
            [name for name, (_, _, after, _) in about.items() if after],
            "looks-at-outputs-only",
            "Everything that it reads must come out of a DequantizeLinear.",
        ),
        (
            [name for name, (_, some, after, _) in about.items() if some and after],
            "one-integer-input-is-enough",
            "A node with one float input computes in float: all inputs must come out of a DequantizeLinear.",
        ),
        (
            [name for name, (before, _, _, some) in about.items() if before and some],
            "one-quantized-reader-is-enough",
            "A reader that is no QuantizeLinear wants the float result.",
        ),
        (
            [name for name, (before, _, after, _) in about.items() if before and (after or name in no_readers)],
            "nobody-reads-it",
            "What nobody in the graph reads is what the network returns, in float.",
        ),
        (sorted(expected), "sorted-by-name", "Keep the order of nodes."),
        ([operator[name] for name in expected], "returns-operators", "Return the names of the nodes, not their types."),
    ):
        require(found != wrong or wrong == expected, mistake, f"{hint} Got {found}.")
    require(found == expected, "wrong-nodes", f"Expected {expected}, got {found}.")


CASES = (
    Case("two convolutions and a head", inputs_two_convolutions, judge_integer_nodes),
    Case("two branches, in another order", inputs_two_branches, judge_integer_nodes),
)
