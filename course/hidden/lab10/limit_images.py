"""Hidden cases of limit_images, lab 10, and answers to it."""

from course.answers import edit
from labsupport.checks.lab10.limit_images import drive_followed, judge_followed
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    shape = 1 + seed % 4, 1 + seed % 3, 2 + seed % 2, 4 - seed % 3
    sizes = 10.0 ** torch.randint(-2, 3, (shape[0], 1, 1, 1), generator=generator)
    return torch.randn(shape, generator=generator) * sizes - seed % 2, (0.5, 2.0, 30.0)[seed % 3]


def inputs_at_the_limit() -> tuple:
    import torch

    return torch.tensor([-2.0, 1.0, 2.0, 0.5, -1.0, 0.25]).view(3, 1, 1, 2), 2.0


CASES = (
    Case("pictures of all sizes", inputs_drawn, judge_followed, drive_followed, seeds=12),
    Case("exactly at the limit", inputs_at_the_limit, judge_followed, drive_followed),
)

WRONG_ANSWERS = {
    "needs-values": """
def limit_images(images, limit):
    parts = []
    for picture in images:
        largest = picture.abs().max()
        parts.append(picture * (limit / largest) if largest > limit else picture)
    return torch.stack(parts)
""",
    "needs-values, item": """
def limit_images(images, limit):
    return torch.stack([picture * min(1.0, limit / max(picture.abs().max().item(), 1e-9)) for picture in images])
""",
    "needs-values, numpy": """
def limit_images(images, limit):
    largest = np.abs(images.numpy()).max((1, 2, 3), keepdims=True)
    return torch.from_numpy(images.numpy() * np.minimum(1, limit / np.maximum(largest, 1e-9)).astype(np.float32))
""",
    "needs-values, a mask selects": """
def limit_images(images, limit):
    largest = images.abs().amax((1, 2, 3), keepdim=True)
    images = images.clone()
    if (largest > limit).any():
        bright = (largest > limit).flatten()
        images[bright] = images[bright] * (limit / largest[bright])
    return images
""",
    "loops-over-pictures": """
def limit_images(images, limit):
    return torch.stack([picture * (limit / picture.abs().max()).clamp(max=1) for picture in images])
""",
    "one-factor-for-all": edit("images.abs().amax((1, 2, 3), keepdim=True)", "images.flatten().abs().max()"),
    "clips-the-values": """
def limit_images(images, limit):
    return images.clamp(-limit, limit)
""",
    "scales-dark-pictures-up": edit(".clamp(max=1)", ""),
    "black-picture-is-nan": """
def limit_images(images, limit):
    largest = images.abs().amax((1, 2, 3), keepdim=True)
    return images / largest * largest.clamp(max=limit)
""",
    "forgets-the-sign": edit("images.abs().amax", "images.amax"),
    "wrong-values, each channel by itself": edit("amax((1, 2, 3), keepdim=True)", "amax((2, 3), keepdim=True)"),
    "wrong-values, always 2": edit("(limit / largest)", "(2.0 / largest)"),
    "changes-its-argument": edit("return images * (", "return images.mul_(", ".clamp(max=1)", ".clamp(max=1) * 1.0"),
    "wrong-dtype": edit("images.abs()", "images.double().abs()"),
}

READERS_WRONG_ANSWERS = {
    "one-factor-for-all, one largest for the batch": """
def limit_images(images: Tensor, limit: float) -> Tensor:
    largest = images.abs().amax(dim=(0, 1, 2, 3), keepdim=True)
    return images * (limit / largest).clamp(max=1.0)
""",
    "forgets-the-sign, no absolute value": """
def limit_images(images: Tensor, limit: float) -> Tensor:
    largest = images.amax(dim=(1, 2, 3), keepdim=True)
    factor = torch.where(largest > limit, limit / largest, torch.ones_like(largest))
    return images * factor
""",
    "scales-dark-pictures-up, quiet pictures scaled up": """
def limit_images(images: Tensor, limit: float) -> Tensor:
    largest = images.abs().amax(dim=(1, 2, 3), keepdim=True).clamp(min=1e-8)
    return images * (limit / largest)
""",
}

RIGHT_ANSWERS = {
    "where": """
def limit_images(images, limit):
    largest = images.abs().flatten(1).max(1).values.view(-1, 1, 1, 1)
    return torch.where(largest > limit, images * limit / largest, images)
""",
    "divides by at least the limit": """
def limit_images(images, limit):
    largest = torch.linalg.vector_norm(images, ord=float("inf"), dim=(1, 2, 3), keepdim=True)
    return images * limit / largest.clamp(min=limit)
""",
    "minimum of two ends": """
def limit_images(images, limit):
    number = images.shape[0]
    flat = images.reshape(number, -1)
    largest = torch.maximum(flat.amax(1), -flat.amin(1)).reshape(number, 1, 1, 1)
    bright = (largest > limit).to(images.dtype)
    factor = limit / torch.maximum(largest, torch.full_like(largest, limit))
    return images * (bright * factor + (1 - bright))
""",
}
