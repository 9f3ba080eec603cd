"""Hidden cases of network_input, lab 08, and answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.lab08.network_input import judge_input, resized
from labsupport.checks.protocol import Case, require_close


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = 1 + seed % 3, 3, 1 + seed % 7, 2 + seed % 5
    images = torch.randint(0, 256, shape, generator=generator).to(torch.uint8)
    numbers = torch.rand(6, generator=generator).mul(0.8).add(0.1).tolist()
    return images, numbers[:3], numbers[3:], 1 + seed % 9


def judge_back(found, images, mean, std, size):
    back = (np.asarray(found, np.float64) * np.array(std)[:, None, None] + np.array(mean)[:, None, None]) * 255
    hint = f"Images {tuple(images.shape)} to size {size}: undone, these are other pixels than the resized ones."
    require_close(back, resized(images, size), "wrong-input", hint, rtol=1e-3, atol=0.02)


def inputs_same_size() -> tuple:
    import torch

    return torch.full((1, 3, 5, 5), 200, dtype=torch.uint8), [0.1, 0.2, 0.3], [0.9, 0.3, 0.2], 5


CASES = (
    Case("pictures of all shapes", inputs_drawn, judge_back, seeds=20),
    Case("a size that stays", inputs_same_size, judge_input),
)

WRONG_ANSWERS = {
    "root-of-the-deviation": edit("(pixels - centre) / spread", "(pixels - centre) / spread.sqrt()"),
    "square-of-the-deviation": edit("(pixels - centre) / spread", "(pixels - centre) / spread**2"),
    "forgets-255": edit("images.float() / 255", "images.float()"),
    "mean-after-the-division": edit("(pixels - centre) / spread", "pixels / spread - centre"),
    "one-mean-for-all": edit(
        "torch.tensor(mean).view(3, 1, 1)", "mean[0]", "torch.tensor(std).view(3, 1, 1)", "std[0]"
    ),
    "wrong-size": edit("size=(size, size)", "scale_factor=2"),
    "resizes-bytes": edit(
        'F.interpolate(images.float() / 255, size=(size, size), mode="bilinear")',
        'F.interpolate(images.float(), size=(size, size), mode="bilinear").round() / 255',
    ),
    "not-float32": edit("return (pixels - centre) / spread", "return ((pixels - centre) / spread).double()"),
    "wrong-input, nearest": edit('"bilinear"', '"nearest"'),
    "wrong-input, corners aligned": edit('"bilinear"', '"bilinear", align_corners=True'),
    "wrong-input, channels reversed": edit("(pixels - centre) / spread", "(pixels.flip(1) - centre) / spread"),
    "wrong-input, divided by 256": edit("/ 255", "/ 256"),
    "wrong-input, cut to what a byte holds": edit(
        "(pixels - centre) / spread", "((pixels - centre) / spread).clamp(-1, 1)"
    ),
}

READERS_WRONG_ANSWERS = {
    "square-of-the-deviation, the variance as the word says": """
def network_input(images, mean, std, size):
    mean, var = torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1) ** 2
    return (F.interpolate(images.float(), size=(size, size), mode="bilinear") / 255 - mean) / var
""",
    "wrong-input, only the numbers of Lite0": """
def network_input(images, mean, std, size):
    return F.interpolate(images.float() / 127.5 - 1, size=(size, size), mode="bilinear")
""",
    "wrong-input, one mean for the batch": """
def network_input(images, mean, std, size):
    pixels = F.interpolate(images.float() / 255, size=(size, size), mode="bilinear")
    return (pixels - pixels.mean((0, 2, 3), keepdim=True)) / torch.tensor(std).view(3, 1, 1)
""",
}

RIGHT_ANSWERS = {
    "normalised, then resized": """
def network_input(images, mean, std, size):
    mean, std = (torch.tensor(values)[:, None, None] for values in (mean, std))
    return F.interpolate((images.float() / 255 - mean) / std, size=(size, size), mode="bilinear")
""",
    "one factor and one shift": """
def network_input(images, mean, std, size):
    scale = 1 / (255 * torch.tensor(std).reshape(1, 3, 1, 1))
    shift = torch.tensor(mean).reshape(1, 3, 1, 1) / torch.tensor(std).reshape(1, 3, 1, 1)
    return F.interpolate(images.to(torch.float32), (size, size), mode="bilinear", align_corners=False) * scale - shift
""",
    "torchvision": """
def network_input(images, mean, std, size):
    from torchvision.transforms.functional import normalize
    return normalize(F.interpolate(images.float() / 255, size=(size, size), mode="bilinear"), mean, std)
""",
}
