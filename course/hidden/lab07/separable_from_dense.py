"""Hidden cases of separable_from_dense, lab 07, and answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.lab07.separable_from_dense import pair_of
from labsupport.checks.protocol import Case, require


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    size = (1, 3, 5)[seed % 3]
    shape = 1 + seed % 6, 1 + seed // 2 % 5, size, size
    return (torch.randn(shape, generator=generator) * 10.0 ** (seed % 4 - 2),)


def inputs_zero_channel() -> tuple:
    import torch

    weight = torch.randn(3, 3, 3, 3, generator=torch.Generator().manual_seed(5))
    weight[:, 1] = 0
    return (weight,)


def inputs_separable() -> tuple:
    import torch

    generator = torch.Generator().manual_seed(6)
    windows = torch.randn(4, 3, 3, generator=generator)
    return (torch.randn(4, 4, 1, 1, generator=generator) * windows,)


def judge_error(found, weight):
    dense = weight.double().numpy()
    product = pair_of(found, dense)
    matrices = dense.transpose(1, 0, 2, 3).reshape(dense.shape[1], dense.shape[0], -1)
    least = float((matrices**2).sum() - sum(np.linalg.norm(matrix, 2) ** 2 for matrix in matrices))
    error = float(((dense - product) ** 2).sum())
    hint = f"A weight of shape {dense.shape}: the squared differences sum up to {error:.5g}, the least is {least:.5g}."
    require(error <= max(least, 0) * (1 + 1e-4) + 1e-6 * (dense**2).sum(), "not-the-nearest", hint)


CASES = (
    Case("weights of all shapes", inputs_drawn, judge_error, seeds=20),
    Case("a channel of zeros", inputs_zero_channel, judge_error),
    Case("a weight that is separable", inputs_separable, judge_error),
)

WRONG_ANSWERS = {
    "forgets-the-singular-value": edit("u[:, :, 0] * s[:, :1]", "u[:, :, 0]"),
    "singular-value-twice": edit("vh[:, 0].reshape", "(vh[:, 0] * s[:, :1]).reshape"),
    "averages-the-windows": """
def separable_from_dense(weight):
    windows = weight.mean(0)
    mixed = (weight * windows).sum((2, 3)) / windows.square().sum((1, 2))
    return {"depthwise": windows[:, None], "pointwise": mixed[:, :, None, None]}
""",
    "one-window-for-all": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    u, s, vh = torch.linalg.svd(weight.reshape(-1, k * k), full_matrices=False)
    windows = vh[0].reshape(1, 1, k, k).repeat(in_channels, 1, 1, 1)
    return {"depthwise": windows, "pointwise": (u[:, 0] * s[0]).reshape(out_channels, in_channels, 1, 1)}
""",
    "a-window-for-each-output": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    u, s, vh = torch.linalg.svd(weight.flatten(2), full_matrices=False)
    windows = vh[:, 0].reshape(out_channels, 1, k, k)
    return {"depthwise": windows, "pointwise": (u[:, :, 0] * s[:, :1]).reshape(out_channels, in_channels, 1, 1)}
""",
    "not-for-conv2d": edit("mixed.T.reshape(num_out, num_in, 1, 1)", "mixed.T"),
    "not-for-conv2d, windows flat": edit("vh[:, 0].reshape(num_in, 1, rows, columns)", "vh[:, 0]"),
    "not-the-nearest, rows of the wrong channel": edit("mixed.T.reshape", "mixed.reshape"),
    "not-the-nearest, the last term": edit("u[:, :, 0] * s[:, :1]", "u[:, :, -1] * s[:, -1:]", "vh[:, 0]", "vh[:, -1]"),
    "not-the-nearest, the largest window": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    place = weight.square().sum((2, 3)).argmax(0)
    windows = weight[place, torch.arange(in_channels)]
    mixed = (weight * windows).sum((2, 3)) / windows.square().sum((1, 2))
    return {"depthwise": windows[:, None], "pointwise": mixed[:, :, None, None]}
""",
    "not-the-nearest, without signs": edit("weight.permute(1, 0, 2, 3)", "weight.abs().permute(1, 0, 2, 3)"),
    "wrong-keys": edit('windows, "pointwise"', 'windows, "mix"'),
}

READERS_WRONG_ANSWERS = {
    "forgets-the-singular-value, rows and columns alone": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    U, S, Vh = torch.linalg.svd(weight.permute(1, 0, 2, 3).flatten(2), full_matrices=False)
    return {
        "depthwise": Vh[:, 0].reshape(in_channels, 1, k, k),
        "pointwise": U[:, :, 0].T.reshape(out_channels, in_channels, 1, 1),
    }
""",
    "not-the-nearest, one value for all channels": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    U, S, Vh = torch.linalg.svd(weight.permute(1, 0, 2, 3).flatten(2), full_matrices=False)
    return {
        "depthwise": Vh[:, 0].reshape(in_channels, 1, k, k),
        "pointwise": (U[:, :, 0] * S[0, 0]).T.reshape(out_channels, in_channels, 1, 1),
    }
""",
    "raises-runtime-error, a column of Vh": """
def separable_from_dense(weight):
    out_channels, in_channels, k, _ = weight.shape
    U, S, Vh = torch.linalg.svd(weight.permute(1, 0, 2, 3).flatten(2), full_matrices=False)
    return {
        "depthwise": Vh[:, :, 0].reshape(in_channels, 1, k, k),
        "pointwise": (U[:, :, 0] * S[:, :1]).T.reshape(out_channels, in_channels, 1, 1),
    }
""",
}

RIGHT_ANSWERS = {
    "a loop over the channels": """
def separable_from_dense(weight):
    windows, mixed = [], []
    for channel in range(weight.shape[1]):
        u, s, vh = torch.linalg.svd(weight[:, channel].flatten(1), full_matrices=False)
        windows.append(vh[0].reshape(1, *weight.shape[2:]))
        mixed.append(u[:, 0] * s[0])
    return {"depthwise": torch.stack(windows), "pointwise": torch.stack(mixed, 1)[:, :, None, None]}
""",
    "NumPy": """
def separable_from_dense(weight):
    import numpy as np
    matrices = weight.numpy().transpose(1, 0, 2, 3).reshape(weight.shape[1], weight.shape[0], -1)
    u, s, vh = np.linalg.svd(matrices, full_matrices=False)
    root = np.sqrt(s[:, :1])
    windows = (vh[:, 0] * root).reshape(weight.shape[1], 1, *weight.shape[2:])
    mixed = (u[:, :, 0] * root).T
    return {"depthwise": torch.from_numpy(windows), "pointwise": torch.from_numpy(mixed[:, :, None, None].copy())}
""",
    "eigenvectors": """
def separable_from_dense(weight):
    matrices = weight.permute(1, 0, 2, 3).flatten(2).double()
    windows = torch.linalg.eigh(matrices.transpose(1, 2) @ matrices).eigenvectors[:, :, -1]
    mixed = torch.einsum('iok,ik->oi', matrices, windows)
    windows = windows.reshape(weight.shape[1], 1, *weight.shape[2:])
    return {"depthwise": windows.float(), "pointwise": mixed[:, :, None, None].float()}
""",
}
