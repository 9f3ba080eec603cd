"""Hidden cases of model_size, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close


def inputs_no_tensors() -> tuple:
    return {}, 32


def judge_no_tensors(size):
    require_close([size["parameters"], size["bytes"]], [0, 0], "no-tensors", "A model without tensors is empty.")


def drive_every_width(model_size):
    shapes = {"a": (5, 7), "b": (3,), "c": ()}
    return [model_size(shapes, bits)["bytes"] for bits in (1, 2, 4, 8, 16, 32)]


def judge_every_width(sizes):
    require_close(sizes, [7, 11, 21, 39, 78, 156], "wrong-bytes", "39 numbers in three tensors at 1 to 32 bits.")


CASES = (
    Case("no tensors", inputs_no_tensors, judge_no_tensors),
    Case("1 to 32 bits", judge=judge_every_width, driver=drive_every_width),
)

WRONG_ANSWERS = {
    "adds-dimensions": edit("math.prod", "sum"),
    "forgets-bias": edit(
        "[math.prod(shape) for shape in shapes.values()]",
        "[math.prod(shape) for shape in shapes.values() if len(shape) > 1]",
    ),
    "forgets-scalars": edit("math.prod(shape)", "math.prod(shape) if shape else 0"),
    "bits-for-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits}
""",
    "always-four-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * 4}
""",
    "kib-for-bytes": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits / 8 / 1024}
""",
    "bytes-not-whole": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": parameters * num_bits / 8}
""",
    "divides-too-early": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": num_bits // 8 * parameters}
""",
    "rounds-down": edit("math.ceil(n * num_bits / 8)", "n * num_bits // 8"),
    "rounds-once": """
def model_size(shapes, num_bits):
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": math.ceil(parameters * num_bits / 8)}
""",
}
