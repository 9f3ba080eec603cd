"""Hidden cases of inverted_residual, lab 07, and wrong answers to it."""

from course.answers import edit
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
    return [*outs, same, inverted_residual(pixel, expand, filters, tensor((3, 6, 1, 1), 2.1, 0.5), 1)]


def judge_other_shapes(results):
    *results, same, added = results
    x, weights = wave((1, 3, 7, 9), 0.9, 3.0), [wave((6, 3, 1, 1), 1.3, 2.0), wave((6, 1, 5, 5), 0.7, 1.0)]
    for out, stride in zip(results, (1, 2), strict=True):
        require_block(out, x, [*weights, wave((5, 6, 1, 1), 2.1, 0.5)], stride)
    image = wave((2, 3, 1, 1), 0.9, 3.0)
    clean = block(image, [*weights, wave((3, 6, 1, 1), 2.1, 0.5)], 1)  # of one pixel: the same for both strides
    hint = "The input was added although the stride is 2. One pixel stays one pixel, and still there is no skip."
    require_close(same, clean, "skip-by-shape-only", hint, rtol=1e-4, atol=1e-4)
    require_close(added, clean + image, "forgets-skip", "Stride 1: the input is added.", rtol=1e-4, atol=1e-4)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    channels, hidden, kernel = 1 + seed % 4, 2 + seed % 7, (1, 3, 5, 7)[seed % 4]
    out = channels if seed % 3 else channels + 1
    shapes = (hidden, channels, 1, 1), (hidden, 1, kernel, kernel), (out, hidden, 1, 1)
    x = 3 * torch.randn(1 + seed % 2, channels, 1 + seed % 8, 3 + seed % 5, generator=generator)
    return x, *(torch.randn(shape, generator=generator) for shape in shapes), 1 + seed // 2 % 2


def judge_drawn(out, x, expand, depthwise, project, stride):
    x, *weights = (tensor.double().numpy() for tensor in (x, expand, depthwise, project))
    expected = block(x, weights, stride)
    expected = expected + x if stride == 1 and expected.shape == x.shape else expected
    hint = f"Images {x.shape}, {len(expected[0])} channels out, a filter of {depthwise.shape[-1]}, stride {stride}."
    require_close(out, expected, "wrong-output", hint, rtol=1e-3, atol=1e-3)


CASES = (
    Case("more channels, and a 5x5 filter", judge=judge_other_shapes, driver=drive_other_shapes),
    Case("blocks of all shapes", inputs_drawn, judge_drawn, seeds=12),
)

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
    "raises-runtime-error, always padding 1": edit(
        "padding = depthwise.shape[-1] // 2", "padding = min(1, depthwise.shape[-1] // 2)"
    ),
    "forgets-skip, skip by channels only": edit("x.shape == out.shape", "x.shape[1] == out.shape[1] == 4"),
    "wrong-output, in the projection": edit(
        "stride=stride, padding=padding",
        "padding=padding",
        "F.conv2d(hidden, project)",
        "F.conv2d(hidden[:, :, 1::stride, 1::stride] if stride > 1 else hidden, project)",
    ),
    "wrong-output, stride in the expansion": edit(
        "F.relu6(F.conv2d(x, expand))",
        "F.relu6(F.conv2d(x, expand, stride=stride))",
        "stride=stride, padding=padding",
        "padding=padding",
    ),
    "wrong-output, expanded input added": edit("return x + out if", "return out + out if"),
}

READERS_WRONG_ANSWERS = {
    "raises-runtime-error, padding fixed at one": """
def inverted_residual(x: Tensor, expand: Tensor, depthwise: Tensor, project: Tensor, stride: int) -> Tensor:
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(F.conv2d(y, depthwise, stride=stride, padding=1, groups=len(depthwise)))
    y = F.conv2d(y, project)
    if stride == 1 and y.shape == x.shape:
        y = y + x
    return y
""",
    "skip-by-shape-only, residual by shape alone": """
def inverted_residual(x: Tensor, expand: Tensor, depthwise: Tensor, project: Tensor, stride: int) -> Tensor:
    y = F.relu6(F.conv2d(x, expand))
    y = F.relu6(
        F.conv2d(y, depthwise, stride=stride, padding=depthwise.shape[-1] // 2, groups=len(depthwise))
    )
    y = F.conv2d(y, project)
    if y.shape == x.shape:
        y = y + x
    return y
""",
    "relu-without-limit, relu without limit": """
def inverted_residual(x: Tensor, expand: Tensor, depthwise: Tensor, project: Tensor, stride: int) -> Tensor:
    y = F.relu(F.conv2d(x, expand))
    y = F.relu(F.conv2d(y, depthwise, stride=stride, padding=depthwise.shape[-1] // 2, groups=len(depthwise)))
    y = F.conv2d(y, project)
    if stride == 1 and y.shape == x.shape:
        y = y + x
    return y
""",
}

RIGHT_ANSWERS = {
    "clamp and einsum": """
def inverted_residual(x, expand, depthwise, project, stride):
    y = torch.einsum('nchw,oc->nohw', x, expand.flatten(1)).clamp(0, 6)
    y = F.conv2d(y, depthwise, None, stride, depthwise.shape[2] // 2, 1, y.shape[1]).clamp(0, 6)
    y = torch.einsum('nchw,oc->nohw', y, project.flatten(1))
    if stride == 1 and y.shape == x.shape:
        y = y + x
    return y
""",
    "modules": """
def inverted_residual(x, expand, depthwise, project, stride):
    hidden, channels, k = len(expand), x.shape[1], depthwise.shape[-1]
    layers = [nn.Conv2d(channels, hidden, 1, bias=False), nn.ReLU6()]
    layers += [nn.Conv2d(hidden, hidden, k, stride, k // 2, groups=hidden, bias=False), nn.ReLU6()]
    layers.append(nn.Conv2d(hidden, len(project), 1, bias=False))
    for layer, weight in zip(layers[::2], (expand, depthwise, project)):
        layer.weight.data = weight
    out = nn.Sequential(*layers)(x)
    return out + x if stride == 1 and len(project) == channels else out
""",
    "stride by slicing": edit(
        "stride=stride, padding=padding, groups=len(depthwise)))",
        "padding=padding, groups=len(depthwise)))[:, :, ::stride, ::stride]",
    ),
}
