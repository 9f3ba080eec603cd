"""Hidden cases of calibration_feeds, lab 11, and wrong answers to it."""

from course.answers import edit
from labsupport.checks.lab11.calibration_feeds import judge_feeds
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    count, channels = 1 + seed, 1 + seed % 4
    pixels = torch.randint(256, (count, 2 + seed % 3, 6 - seed % 3, channels), generator=generator, dtype=torch.uint8)
    mean, std = torch.rand(2, channels, generator=generator).add(0.1).tolist()
    return pixels, mean, std, f"input{seed}", (8, 1, 3, 2)[seed // 2 % 4]


CASES = (Case("other pictures", inputs_drawn, judge_feeds, seeds=16),)

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
    "wrong-values, mean of the pixels": edit("torch.tensor(mean)", "(pixels.float() / 255).mean((0, 1, 2))"),
    "wrong-values, always ImageNet": edit("torch.tensor(std)", "torch.tensor([0.229, 0.224, 0.225])[: len(std)]"),
    "wrong-values, over 256": edit("/ 255", "/ 256"),
    "wrong-keys": edit("{input_name: batch}", '{"images": batch}'),
    "drops-the-last-batch, as many batches": edit(
        "channels_first.split(batch_size)", "channels_first.chunk(batch_size)"
    ),
    "wrong-values, first mean for all": edit("torch.tensor(mean)", "mean[0]"),
    "wrong-values, integers": edit("pixels.float() / 255", "(pixels // 255).float()"),
    "drops-the-last-batch, whole batches": edit(
        "channels_first.split(batch_size)", "channels_first[: len(pixels) // batch_size * batch_size].split(batch_size)"
    ),
    "wrong-dtype, half": edit("return [{input_name: batch}", "return [{input_name: batch.half()}"),
}

READERS_WRONG_ANSWERS = {
    "reshapes-the-axes, reshape for permute": """
def calibration_feeds(
    pixels: Tensor, mean: list[float], std: list[float], input_name: str, batch_size: int
) -> list[dict[str, Tensor]]:
    if len(mean) != len(std):
        raise ValueError("mean and std have one number for each channel")
    feeds = []
    for start in range(0, len(pixels), batch_size):
        batch = pixels[start : start + batch_size].float() / 255
        batch = (batch - torch.tensor(mean)) / torch.tensor(std)
        height, width, channels = batch.shape[1:]
        feeds.append({input_name: batch.reshape(-1, channels, height, width)})
    return feeds
""",
    "drops-the-last-batch, remainder dropped": """
def calibration_feeds(
    pixels: Tensor, mean: list[float], std: list[float], input_name: str, batch_size: int
) -> list[dict[str, Tensor]]:
    if len(mean) != len(std):
        raise ValueError("mean and std have one number for each channel")
    feeds = []
    for start in range(0, len(pixels) - batch_size + 1, batch_size):
        batch = pixels[start : start + batch_size].float() / 255
        batch = (batch - torch.tensor(mean)) / torch.tensor(std)
        feeds.append({input_name: batch.permute(0, 3, 1, 2).contiguous()})
    return feeds
""",
    "swaps-height-and-width, height width swapped": """
def calibration_feeds(
    pixels: Tensor, mean: list[float], std: list[float], input_name: str, batch_size: int
) -> list[dict[str, Tensor]]:
    if len(mean) != len(std):
        raise ValueError("mean and std have one number for each channel")
    images = (pixels.float() / 255).permute(0, 3, 2, 1)
    shape = (1, -1, 1, 1)
    images = (images - torch.tensor(mean).view(shape)) / torch.tensor(std).view(shape)
    return [{input_name: batch.contiguous()} for batch in images.split(batch_size)]
""",
}

RIGHT_ANSWERS = {
    "numpy": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    x = (pixels.numpy().astype(np.float32) / 255 - np.array(mean, np.float32)) / np.array(std, np.float32)
    x = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
    return [{input_name: x[start:start + batch_size]} for start in range(0, len(x), batch_size)]
""",
    "axes first": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    m, s = (torch.tensor(values).view(-1, 1, 1) for values in (mean, std))
    return [{input_name: (part.movedim(-1, 1) / 255 - m) / s} for part in torch.split(pixels, batch_size)]
""",
    "channel by channel": """
def calibration_feeds(pixels, mean, std, input_name, batch_size):
    planes = [(pixels[..., c] / 255 - mean[c]) / std[c] for c in range(len(mean))]
    x = torch.stack(planes, dim=1)
    feeds = []
    while len(x):
        feeds.append({input_name: x[:batch_size]})
        x = x[batch_size:]
    return feeds
""",
}
