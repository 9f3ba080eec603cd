"""Visible cases of calibration_feeds, lab 11."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def inputs_five_pictures() -> tuple:
    import torch

    pixels = (torch.arange(120) * 37 % 256).to(torch.uint8).view(5, 2, 4, 3)
    return pixels, [0.5, 0.4, 0.3], [0.25, 0.2, 0.5], "images", 2


def judge_five_pictures(feeds: Data) -> None:
    for feed in feeds:
        require_keys(feed, "images")
    pixels = (np.arange(120) * 37 % 256).reshape(5, 2, 4, 3)
    expected = ((pixels / 255 - [0.5, 0.4, 0.3]) / [0.25, 0.2, 0.5]).transpose(0, 3, 1, 2)
    sizes = [len(feed["images"]) for feed in feeds]
    hint = f"Five pictures in batches of 2 came out as batches of {sizes}. The last batch may be smaller."
    require(sizes == [2, 2, 1], "drops-the-last-batch", hint)
    batches = [feed["images"] for feed in feeds]
    require(batches[0].dtype == np.float32, "wrong-dtype", f"The graph takes float32, not {batches[0].dtype}.")
    shape = batches[0].shape[1:]
    hint = f"A picture has shape {shape}: the channels are still last. The graph wants (channels, height, width)."
    require(shape != (2, 4, 3), "stays-nhwc", hint)
    hint = f"A picture has shape {shape}: height and width changed places. Move the channels alone, with permute."
    require(shape != (3, 4, 2), "swaps-height-and-width", hint)
    require(shape == (3, 2, 4), "wrong-shape", f"A picture has shape {shape}, expected (3, 2, 4).")
    got = np.concatenate(batches)
    hint = f"Values reach {abs(got).max():.0f}. The network was trained on normalised pixels, a few units around 0: "
    centred = (pixels - 255 * np.array([0.5, 0.4, 0.3])).transpose(0, 3, 1, 2)
    divide = hint + "the mean is gone, but nothing was divided by 255 and by the standard deviation."
    require(not np.allclose(np.sort(got, None), np.sort(centred, None), atol=0.01), "not-divided-by-std", divide)
    require(abs(got).max() < 20, "unnormalised", hint + "divide by 255, subtract the mean, divide by the deviation.")
    require(got.min() < 0, "only-scaled", "Between 0 and 1 is half of it: subtract the mean, divide by the deviation.")
    hint = "The right numbers stand in the wrong places: reshape deals the pixels out anew. permute moves the axes."
    misplaced = np.allclose(got.mean(), expected.mean(), atol=1e-4) and not np.allclose(got, expected, atol=1e-4)
    require(not misplaced, "reshapes-the-axes", hint)
    require_close(got, expected, "wrong-values", "(pixels / 255 - mean) / std, channel by channel.", atol=1e-4)


def inputs_four_grey() -> tuple:
    import torch

    return (torch.arange(40) * 11 % 256).to(torch.uint8).view(4, 5, 2, 1), [0.2], [0.75], "x", 2


def judge_feeds(feeds: Data, pixels: object, mean: list, std: list, input_name: str, batch_size: int) -> None:
    sizes = []
    for feed in feeds:
        require_keys(feed, input_name)
        sizes.append(len(feed[input_name]))
    expected = [min(batch_size, len(pixels) - start) for start in range(0, len(pixels), batch_size)]
    hint = f"{len(pixels)} pictures in batches of {batch_size} came out as batches of {sizes}, not {expected}."
    require(sizes == expected, "wrong-batch-sizes", hint)
    got = np.concatenate([feed[input_name] for feed in feeds])
    require(got.dtype == np.float32, "wrong-dtype", f"The graph takes float32, not {got.dtype}.")
    expected = ((pixels.numpy() / 255 - mean) / std).transpose(0, 3, 1, 2)
    require_close(got, expected, "wrong-values", "(pixels / 255 - mean) / std, channel by channel.", atol=1e-4)


CASES = (
    Case("five pictures", inputs_five_pictures, judge_five_pictures),
    Case("four grey pictures", inputs_four_grey, judge_feeds),
)
