"""Visible cases of model_size, lab 00."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, reject, require, require_close, require_keys, require_type


def drive_two_layers(model_size: Callable) -> Data:
    shapes = {"conv.weight": (8, 3, 5, 5), "conv.bias": (8,), "linear.weight": (10, 32)}
    return [model_size(shapes, 32), model_size(shapes, 8)]


def judge_two_layers(sizes: Data) -> None:
    for size in sizes:
        require_keys(size, "parameters", "bytes")
    reject(
        sizes[0]["parameters"],
        {
            71: (
                "adds-dimensions",
                "A weight of shape (8, 3, 5, 5) holds 8 * 3 * 5 * 5 numbers: multiply, do not add.",
            ),
            920: ("forgets-bias", "920 leaves conv.bias out. Every tensor counts, also one with a single dimension."),
        },
    )
    require_close(sizes[0]["parameters"], 928, "wrong-parameters", "The three tensors hold 600 + 8 + 320 numbers.")
    reject(
        sizes[0]["bytes"],
        {
            928 * 32: ("bits-for-bytes", "29696 are the bits of 928 numbers of 32 bits each. A byte has 8 bits."),
            3.625: ("kib-for-bytes", "3.625 are KiB. Return bytes: no division by 1024."),
        },
    )
    require_close(sizes[0]["bytes"], 3712, "wrong-bytes", "928 numbers of 32 bits, in bytes of 8 bits.")
    reject(sizes[1]["bytes"], {3712: ("always-four-bytes", "At 8 bits a number takes one byte, not 4: use num_bits.")})
    require_close(sizes[1]["bytes"], 928, "wrong-bytes", "928 numbers of 8 bits, in bytes of 8 bits.")


def inputs_scalar() -> tuple:
    return {"scale": (), "weight": (2, 2)}, 32


def judge_scalar(size: Data) -> None:
    hint = "A tensor of shape () holds one number: the product of no dimensions is 1, not 0."
    reject(size["parameters"], {4: ("forgets-scalars", hint)})
    require_close(size["parameters"], 5, "wrong-parameters", "A tensor of shape () and one of shape (2, 2).")
    require_close(size["bytes"], 20, "wrong-bytes", "5 numbers of 32 bits.")


def inputs_int4() -> tuple:
    return {"weight": (3, 3), "bias": (3,), "scale": (5,)}, 4


def judge_int4(size: Data) -> None:
    whole = isinstance(size["bytes"], float) and size["bytes"].is_integer()
    require(not whole, "bytes-no-int", f"Return the bytes {size['bytes']} as an int: math.ceil does, or int(...).")
    require_type(size["bytes"], int, "bytes-not-whole", "A file has a whole number of bytes: round up to an int.")
    reject(
        size["bytes"],
        {
            0: ("divides-too-early", "4 // 8 is 0. Multiply by the number of values first, then divide by 8."),
            7: ("rounds-down", "9 numbers of 4 bits are 36 bits. They need 5 bytes, not 4: round up, for each tensor."),
            9: ("rounds-once", "9 numbers of 4 bits fill 5 bytes, 3 fill 2, 5 fill 3. Round up each tensor, then add."),
        },
    )
    require_close(size["bytes"], 10, "wrong-bytes", "5 bytes for the weight, 2 for the bias, 3 for the scale.")


def inputs_equal_shapes() -> tuple:
    return {"first.bias": (6,), "second.bias": (6,), "row": (2, 3)}, 16


def judge_equal_shapes(size: Data) -> None:
    hint = "Tensors of equal shape or size count each: these are three of 6 numbers. Add up over a list, not a set."
    reject(size["parameters"], {6: ("counts-equal-tensors-once", hint), 12: ("counts-equal-tensors-once", hint)})
    require_close(size["parameters"], 18, "wrong-parameters", hint)
    require_close(size["bytes"], 36, "wrong-bytes", "18 numbers of 16 bits.")


CASES = (
    Case("two layers at 32 and at 8 bits", judge=judge_two_layers, driver=drive_two_layers),
    Case("a tensor without dimensions", inputs_scalar, judge_scalar),
    Case("4 bits", inputs_int4, judge_int4),
    Case("tensors of equal size", inputs_equal_shapes, judge_equal_shapes),
)
