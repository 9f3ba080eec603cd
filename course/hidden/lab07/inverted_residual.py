"""Hidden cases of inverted_residual, lab 07, and wrong answers to it."""

from labsupport.checks.lab07._reference import wave
from labsupport.checks.lab07.inverted_residual import block, require_block
from labsupport.checks.protocol import Case, require_close


def drive_other_shapes(inverted_residual):
    import torch

    def tensor(shape, step, height):
        values = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
        return (height * torch.sin(step * values)).reshape(shape).float()

    x, expand = tensor((1, 3, 7, 9), 0.9, 3.0), tensor((6, 3, 1, 1), 1.3, 2.0)
    filters, wider = tensor((6, 1, 5, 5), 0.7, 1.0), tensor((5, 6, 1, 1), 2.1, 0.5)
    outs = [inverted_residual(x, expand, filters, wider, stride) for stride in (1, 2)]
    pixel = tensor((2, 3, 1, 1), 0.9, 3.0)
    same = inverted_residual(pixel, expand, filters, tensor((3, 6, 1, 1), 2.1, 0.5), 2)
    return [*outs, same, inverted_residual(pixel, expand, filters, tensor((3, 6, 1, 1), 2.1, 0.5), 1), pixel]


def judge_other_shapes(results):
    *results, same, added, pixel = results
    x, weights = wave((1, 3, 7, 9), 0.9, 3.0), [wave((6, 3, 1, 1), 1.3, 2.0), wave((6, 1, 5, 5), 0.7, 1.0)]
    for out, stride in zip(results, (1, 2), strict=True):
        require_block(out, x, [*weights, wave((5, 6, 1, 1), 2.1, 0.5)], stride)
    image = wave((2, 3, 1, 1), 0.9, 3.0)
    require_close(pixel, image, "changes-its-input", "x has changed.", rtol=1e-4, atol=1e-4)
    clean = block(image, [*weights, wave((3, 6, 1, 1), 2.1, 0.5)], 1)  # of one pixel: the same for both strides
    hint = "The input was added although the stride is 2. One pixel stays one pixel, and still there is no skip."
    require_close(same, clean, "skip-by-shape-only", hint, rtol=1e-4, atol=1e-4)
    require_close(added, clean + image, "forgets-skip", "Stride 1: the input is added.", rtol=1e-4, atol=1e-4)


CASES = (Case("more channels, and a 5x5 filter", judge=judge_other_shapes, driver=drive_other_shapes),)

WRONG_ANSWERS = {
    "skip-when-stride-is-2": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x[:, :, ::stride, ::stride] if y.shape[1] == x.shape[1] else y
""",
    "relu-after-projection": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.relu6(F.conv2d(y, project))
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "relu-after-the-sum": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return F.relu6(y + x) if stride == 1 and y.shape == x.shape else y
""",
    "relu-without-limit": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu(F.conv2d(x, expand))
    y = F.relu(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "no-relu-after-depthwise": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1])
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "forgets-skip": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    return F.conv2d(y, project)
""",
    "forgets-stride": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, padding=depthwise.shape[-1] // 2, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "forgets-padding": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "raises-runtime-error, when channels differ": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 else y
""",
    "raises-runtime-error, with a wide filter": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=1, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if stride == 1 and y.shape == x.shape else y
""",
    "skip-by-shape-only": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    return y + x if y.shape == x.shape else y
""",
    "changes-its-argument": """
def inverted_residual(x, expand, depthwise, project, stride):
    padding = depthwise.shape[-1] // 2
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=padding, groups=y.shape[1]))
    y = F.conv2d(y, project)
    if stride == 1 and y.shape == x.shape:
        x += y
        return x
    return y
""",
}
