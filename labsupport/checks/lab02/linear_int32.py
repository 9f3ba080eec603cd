"""Visible cases of linear_int32, lab 02."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


def inputs_small_layer() -> tuple:
    import torch

    x = torch.tensor([[10, 12, 7], [0, 20, 10]], dtype=torch.uint8)
    weight = torch.tensor([[1, 2, 3], [-1, 0, 4]], dtype=torch.int8)
    return x, weight, torch.tensor([100, -7], dtype=torch.int32), 10


def judge_small_layer(sums: Data) -> None:
    hint = "The accumulator is int32, yours is int64: change the type at the end."
    require(getattr(sums, "dtype", None) != "int64", "keeps-int64", hint)
    require_dtype(sums, "int32", "wrong-type", "The accumulator is int32: widen x and the weight before you compute.")
    hint = "The zero point was not subtracted: code 10 means 0 here, and must add nothing."
    require(sums[0, 0] != 155, "forgets-zero-point", hint)
    hint = f"0 - 10 is -10, but in uint8 it wraps to 246: the second image got {sums[1, 0]}. Widen x to int32 first."
    require(sums[1, 0] != 366, "subtracts-in-uint8", hint)
    require(sums[0, 0] != -5, "forgets-bias", "The bias is missing.")
    require_close(sums, [[95, -19], [110, 3]], "wrong-sums", "(x - 10) times the weights, plus the bias.", rtol=0)


def inputs_large_layer() -> tuple:
    import torch

    x = torch.full((1, 1000), 255, dtype=torch.uint8)
    weight = torch.stack([torch.full((1000,), 127), torch.full((1000,), -127)]).to(torch.int8)
    return x, weight, torch.tensor([1, -1], dtype=torch.int32), 5


def judge_large_layer(sums: Data) -> None:
    hint = f"1000 products of 250 * 127 make 31,750,000; this is {sums[0, 0]}. "
    require(abs(int(sums[0, 0])) > 255, "int8-accumulator", hint + "8 bits cannot hold it: widen to int32 first.")
    require(abs(int(sums[0, 0])) > 32768, "int16-accumulator", hint + "16 bits cannot hold the sum: use int32.")
    hint = "1000 products of 250 * 127, and a bias of 1 and -1. float32 holds no odd number of this size."
    require_close(sums, [[31_750_001, -31_750_001]], "wrong-sums", hint, rtol=0)


CASES = (
    Case("two images, three inputs", inputs_small_layer, judge_small_layer),
    Case("a thousand large products", inputs_large_layer, judge_large_layer),
)
