"""Hidden cases of model_size, lab 00, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require_close, require_keys


def inputs_no_tensors() -> tuple:
    return {}, 32


def judge_no_tensors(size):
    require_close([size["parameters"], size["bytes"]], [0, 0], "no-tensors", "A model without tensors is empty.")


def drive_every_width(model_size):
    shapes = {"a": (5, 7), "b": (3,), "c": ()}
    return [model_size(shapes, bits)["bytes"] for bits in (1, 2, 4, 8, 16, 32)]


def judge_every_width(sizes):
    require_close(sizes, [7, 11, 21, 39, 78, 156], "wrong-bytes", "39 numbers in three tensors at 1 to 32 bits.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    shapes = [(), (1,), (9,), (64, 3, 3, 7), (65_537, 70_001), (0, 5), (3, 3)]
    chosen = {f"tensor{number}": draw.choice(shapes) for number in range(draw.randrange(1, 9))}
    return chosen, draw.choice((1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 32, 64))


def judge_drawn(size, shapes, num_bits):
    require_keys(size, "parameters", "bytes")
    parameters = num_bytes = 0
    for shape in shapes.values():
        numbers = 1
        for side in shape:
            numbers *= side
        parameters += numbers
        num_bytes += (numbers * num_bits + 7) // 8
    setting = f"Shapes {list(shapes.values())} at {num_bits} bits."
    require_close(size["parameters"], parameters, "wrong-parameters", setting, rtol=0, atol=0)
    require_close(size["bytes"], num_bytes, "wrong-bytes", setting, rtol=0, atol=0)


CASES = (
    Case("no tensors", inputs_no_tensors, judge_no_tensors),
    Case("1 to 32 bits", judge=judge_every_width, driver=drive_every_width),
    Case("drawn shapes and bits", inputs_drawn, judge_drawn, seeds=20),
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
    "counts-equal-tensors-once": edit("in shapes.values()", "in set(shapes.values())"),
    "counts-equal-tensors-once, by size": edit(
        "[math.prod(shape) for shape in shapes.values()]", "{math.prod(shape) for shape in shapes.values()}"
    ),
    "wrong-parameters, int32": edit(
        "math.prod(shape) for", "int(torch.tensor(shape, dtype=torch.int32).prod(dtype=torch.int32)) for"
    ),
    "wrong-bytes, half a byte rounded to even": edit("math.ceil(n * num_bits / 8)", "round(n * num_bits / 8)"),
    "wrong-bytes, only powers of two": edit(
        "math.ceil(n * num_bits / 8)", "n * (num_bits // 8) if num_bits >= 8 else math.ceil(n / (8 // num_bits))"
    ),
    "bytes-no-int": edit("math.ceil(n * num_bits / 8)", "float(math.ceil(n * num_bits / 8))"),
    "changes-its-argument": """
def model_size(shapes, num_bits):
    parameters = total = 0
    while shapes:
        _, shape = shapes.popitem()
        parameters += math.prod(shape)
        total += math.ceil(math.prod(shape) * num_bits / 8)
    return {"parameters": parameters, "bytes": total}
""",
}

READERS_WRONG_ANSWERS = {
    "rounds-once, rounds up once over the whole model, not tensor by": """
def model_size(shapes: dict[str, tuple[int, ...]], num_bits: int) -> dict[str, int]:
    parameters = sum(math.prod(shape) for shape in shapes.values())
    return {"parameters": parameters, "bytes": math.ceil(parameters * num_bits / 8)}
""",
    "rounds-down, rounds the bytes down": """
def model_size(shapes: dict[str, tuple[int, ...]], num_bits: int) -> dict[str, int]:
    counts = [math.prod(shape) for shape in shapes.values()]
    return {"parameters": sum(counts), "bytes": sum(n * num_bits // 8 for n in counts)}
""",
    "forgets-scalars, a tensor of shape () counts as zero": """
def model_size(shapes: dict[str, tuple[int, ...]], num_bits: int) -> dict[str, int]:
    parameters, total = 0, 0
    for shape in shapes.values():
        n = 0
        for i, size in enumerate(shape):
            n = size if i == 0 else n * size
        parameters += n
        total += math.ceil(n * num_bits / 8)
    return {"parameters": parameters, "bytes": total}
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def model_size(shapes, num_bits):
    import numpy as np

    numbers = np.array([np.prod(shape, dtype=np.int64) for shape in shapes.values()], dtype=np.int64)
    return {"parameters": numbers.sum(), "bytes": int(np.ceil(numbers * num_bits / 8).sum())}
""",
    "loops": """
def model_size(shapes, num_bits):
    size = {"bytes": 0, "parameters": 0}
    for name in shapes:
        count = 1
        for side in shapes[name]:
            count = count * side
        size["parameters"] += count
        size["bytes"] += -(-count * num_bits // 8)
    return size
""",
    "torch": """
def model_size(shapes, num_bits):
    numbers = [torch.Size(shape).numel() for shape in shapes.values()]
    return dict(parameters=sum(numbers), bytes=sum((n * num_bits + 7) // 8 for n in numbers))
""",
}
