"""Hidden cases of integer_nodes, lab 11, and answers to it."""

from course.answers import edit
from labsupport.checks.lab11.integer_nodes import judge_integer_nodes
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    tensors, nodes = ["input", "weight"], []
    for number in range(4 + seed):
        operator = draw.choice(["QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "Add", "Relu"])
        width = 2 if operator in ("Conv", "Add") else 1
        pool = tensors if operator != "Conv" else tensors[-4:]
        reads = [draw.choice(pool) for _ in range(width)]
        nodes.append({"name": f"n{number}", "operator": operator, "reads": reads, "writes": [f"t{number}"]})
        tensors.append(f"t{number}")
    if seed % 2:
        draw.shuffle(nodes)
    return (nodes,)


def inputs_without_inputs() -> tuple:
    one = {"name": "constant", "operator": "Constant", "reads": [], "writes": ["c"]}
    return ([one, {"name": "q", "operator": "QuantizeLinear", "reads": ["c"], "writes": ["q"]}],)


def inputs_nothing() -> tuple:
    return ([],)


def judge_none(found):
    require(found == [], "wrong-nodes", f"No node qualifies: an empty list, not {found}.")


CASES = (
    Case("other graphs", inputs_drawn, judge_integer_nodes, seeds=20),
    Case("a node that reads nothing", inputs_without_inputs, judge_none),
    Case("no nodes", inputs_nothing, judge_none),
)

WRONG_ANSWERS = {
    "looks-at-inputs-only": edit(' and after == {"QuantizeLinear"}', ""),
    "looks-at-outputs-only": edit('before == {"DequantizeLinear"} and ', ""),
    "one-integer-input-is-enough": edit('before == {"DequantizeLinear"}', '"DequantizeLinear" in before'),
    "one-quantized-reader-is-enough": edit('after == {"QuantizeLinear"}', '"QuantizeLinear" in after'),
    "nobody-reads-it": edit('after == {"QuantizeLinear"}', 'after <= {"QuantizeLinear"}'),
    "one-integer-input-is-enough, constants pass": edit(
        'before == {"DequantizeLinear"}', 'before - {None} == {"DequantizeLinear"}'
    ),
    "wrong-nodes, reads nothing": edit('before == {"DequantizeLinear"}', 'before <= {"DequantizeLinear"}'),
    "wrong-nodes, by its place": """
def integer_nodes(nodes):
    found = []
    for before, node, after in zip(nodes, nodes[1:], nodes[2:]):
        if before["operator"] == "DequantizeLinear" and after["operator"] == "QuantizeLinear":
            found.append(node["name"])
    return found
""",
    "returns-operators": edit('found.append(each["name"])', 'found.append(each["operator"])'),
    "sorted-by-name": edit("return found", "return sorted(found)"),
    "one-integer-input-is-enough, the first": edit('for tensor in each["reads"]}', 'for tensor in each["reads"][:1]}'),
    "wrong-nodes, convolutions only": edit(
        "        if before ==", '        if each["operator"] == "Conv" and before =='
    ),
    "returns-no-list": edit("return found", "return ' '.join(found)"),
    "changes-its-argument": edit("    found = []", "    nodes.sort(key=lambda node: node['name'])\n    found = []"),
}

READERS_WRONG_ANSWERS = {
    "wrong-nodes, node without inputs accepted": """
def integer_nodes(nodes: list[dict]) -> list[str]:
    writer = {}
    readers = {}
    for node in nodes:
        for tensor in node["writes"]:
            writer[tensor] = node["operator"]
        for tensor in node["reads"]:
            readers.setdefault(tensor, set()).add(node["operator"])
    names = []
    for node in nodes:
        after = set().union(*(readers.get(tensor, set()) for tensor in node["writes"]))
        if all(writer.get(t) == "DequantizeLinear" for t in node["reads"]) and after == {"QuantizeLinear"}:
            names.append(node["name"])
    return names
""",
    "looks-at-inputs-only, last reader only": """
def integer_nodes(nodes: list[dict]) -> list[str]:
    writer = {}
    reader = {}
    for node in nodes:
        for tensor in node["writes"]:
            writer[tensor] = node["operator"]
        for tensor in node["reads"]:
            reader[tensor] = node["operator"]
    names = []
    for node in nodes:
        before = {writer.get(tensor) for tensor in node["reads"]}
        after = {reader[tensor] for tensor in node["writes"] if tensor in reader}
        if before == {"DequantizeLinear"} and after == {"QuantizeLinear"}:
            names.append(node["name"])
    return names
""",
    "one-integer-input-is-enough, constants ignored": """
def integer_nodes(nodes: list[dict]) -> list[str]:
    writer = {tensor: node["operator"] for node in nodes for tensor in node["writes"]}
    names = []
    for node in nodes:
        before = {writer[tensor] for tensor in node["reads"] if tensor in writer}
        after = {other["operator"] for other in nodes if set(other["reads"]) & set(node["writes"])}
        if before == {"DequantizeLinear"} and after == {"QuantizeLinear"}:
            names.append(node["name"])
    return names
""",
}

RIGHT_ANSWERS = {
    "two tables": """
def integer_nodes(nodes):
    dequantized, readers = set(), {}
    for node in nodes:
        if node["operator"] == "DequantizeLinear":
            dequantized.update(node["writes"])
        for tensor in node["reads"]:
            readers.setdefault(tensor, []).append(node["operator"])
    names = []
    for node in nodes:
        after = [operator for tensor in node["writes"] for operator in readers.get(tensor, [])]
        if node["reads"] and dequantized.issuperset(node["reads"]) and after:
            if all(operator == "QuantizeLinear" for operator in after):
                names.append(node["name"])
    return names
""",
    "counting": """
def integer_nodes(nodes):
    made = {t: n["operator"] for n in nodes for t in n["writes"]}

    def can(node):
        if len(node["reads"]) == 0:
            return False
        if sum(made.get(t, "") == "DequantizeLinear" for t in node["reads"]) < len(node["reads"]):
            return False
        after = Counter(o["operator"] for o in nodes for t in o["reads"] if t in node["writes"])
        return list(after) == ["QuantizeLinear"]

    return [n["name"] for n in nodes if can(n)]
""",
    "from the other side": """
def integer_nodes(nodes):
    wanted = {t for n in nodes if n["operator"] == "QuantizeLinear" for t in n["reads"]}
    refused = {t for n in nodes if n["operator"] != "QuantizeLinear" for t in n["reads"]}
    given = {t for n in nodes if n["operator"] == "DequantizeLinear" for t in n["writes"]}
    return [
        n["name"]
        for n in nodes
        if n["reads"] and set(n["reads"]) <= given and set(n["writes"]) & wanted and not set(n["writes"]) & refused
    ]
""",
}
