"""Hidden cases of calibration_feeds, lab 10, and wrong answers to it."""

import numpy as np

from labsupport.checks.protocol import Case, require, require_close


def drive_one_grey_batch(calibration_feeds):
    import torch

    pixels = (torch.arange(3 * 4 * 2) * 11 % 256).to(torch.uint8).view(3, 4, 2, 1)
    kept = pixels.clone()
    feeds = calibration_feeds(pixels, [0.2], [0.7], "x", 8)
    even = calibration_feeds(pixels[:2], [0.2], [0.7], "x", 1)
    return {"feeds": feeds, "even": [len(feed["x"]) for feed in even], "same": torch.equal(pixels, kept)}


def judge_one_grey_batch(found):
    pixels = (np.arange(24) * 11 % 256).reshape(3, 1, 4, 2)
    require(len(found["feeds"]) == 1, "drops-the-last-batch", "Three pictures, a batch size of 8: one batch of three.")
    expected = (pixels / 255 - 0.2) / 0.7
    require_close(found["feeds"][0]["x"], expected, "wrong-values", "Grey pictures of 4 by 2 pixels.", atol=1e-4)
    require(found["even"] == [1, 1], "drops-the-last-batch", "Two pictures one by one: two batches.")
    require(found["same"], "changes-its-input", "The pixels were changed by the call.")


CASES = (Case("one grey batch", judge=judge_one_grey_batch, driver=drive_one_grey_batch),)

WRONG_ANSWERS = {
    "unnormalised": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    return [{input_name: part.permute(0, 3, 1, 2).float()} for part in pixels.split(batch_size)]
""",
    "not-divided-by-std": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    centred = pixels.float() - 255 * torch.tensor(mean)
    return [{input_name: part.permute(0, 3, 1, 2)} for part in centred.split(batch_size)]
""",
    "only-scaled": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    return [{input_name: part.permute(0, 3, 1, 2) / 255} for part in pixels.split(batch_size)]
""",
    "stays-nhwc": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part} for part in images.split(batch_size)]
""",
    "reshapes-the-axes": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    height, width, channels = pixels.shape[1:]
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.reshape(-1, channels, height, width)} for part in images.split(batch_size)]
""",
    "swaps-height-and-width": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = (pixels / 255 - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.transpose(1, 3)} for part in images.split(batch_size)]
""",
    "drops-the-last-batch": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = ((pixels / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2)
    starts = range(0, len(pixels) - batch_size, batch_size)
    return [{input_name: images[start : start + batch_size]} for start in starts]
""",
    "wrong-dtype": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    images = pixels.double() / 255
    images = (images - torch.tensor(mean)) / torch.tensor(std)
    return [{input_name: part.permute(0, 3, 1, 2)} for part in images.split(batch_size)]
""",
}
