"""Detectors for scenes: networks, loss, boxes from outputs, and mean average precision.

Anchor-free and one stage. From FCOS (Tian et al. 2019, arXiv:1904.01355): each cell of the last map predicts classes
and its distances to the four sides of a box, and cells near a box's centre learn it. From NanoDet (Lyu 2020,
https://github.com/RangiLyu/nanodet): the score learns the overlap of the box (the quality focal loss of Li et al. 2020,
arXiv:2006.04388), so no output for centredness is needed, and the head is depthwise. From YOLO Nano (Wong et al. 2019,
arXiv:1910.01271): a backbone of small expanding and projecting blocks. One scale instead of three, since the items are
within a factor of a few in size.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import batched_nms, box_iou

from labsupport.datasets import NUM_CLASSES, ImageSet
from labsupport.models import InvertedResidual
from labsupport.training import Batch

STRIDE = 8
CENTRE_CELLS = 1.5  # a cell learns a box when it lies within so many cells of the centre, and inside
SCORE_THRESHOLD = 0.01
NMS_THRESHOLD = 0.6
MAX_DETECTIONS = 100
IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)


class Detections(NamedTuple):
    """What was found in one image: boxes (N, 4) in pixels, scores (N,), falling, in [0, 1], and classes (N,)."""

    boxes: Tensor
    scores: Tensor
    classes: Tensor


class Outputs(NamedTuple):
    """What a detector returns: class logits (N, 10, H, W) and raw distances (N, 4, H, W), for `decode`."""

    logits: Tensor
    distances: Tensor


def _conv(
    in_channels: int,
    out_channels: int,
    activation: Callable[[], nn.Module],
    kernel_size: int = 3,
    stride: int = 1,
    groups: int = 1,
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, kernel_size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out_channels),
        activation(),
    )


class NanoBackbone(nn.Sequential):
    """Inverted residuals with ReLU6, eight pixels a cell, 96 channels."""

    # out_channels, stride, expand_ratio of each block
    BLOCKS = (
        (16, 1, 1),
        (24, 2, 4),
        (24, 1, 4),
        (48, 2, 4),
        (48, 1, 4),
        (48, 1, 4),
        (64, 1, 4),
        (64, 1, 4),
        (96, 1, 4),
    )
    channels = 96

    def __init__(self) -> None:
        blocks, channels = [_conv(3, 16, nn.ReLU6, stride=2)], 16
        for out_channels, stride, expand_ratio in self.BLOCKS:
            blocks.append(InvertedResidual(channels, out_channels, stride, expand_ratio))
            channels = out_channels
        super().__init__(*blocks)


class _Residual(nn.Module):
    """Two 3x3 convolutions with hard swish, the input added before the second activation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = _conv(channels, channels, nn.Hardswish)
        self.conv2 = _conv(channels, channels, nn.Identity)

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the input's shape."""
        return F.hardswish(x + self.conv2(self.conv1(x)))


class WideBackbone(nn.Sequential):
    """Residual blocks of ordinary 3x3 convolutions with hard swish, eight pixels a cell, 96 channels."""

    channels = 96

    def __init__(self) -> None:
        super().__init__(
            _conv(3, 24, nn.Hardswish, stride=2),
            _conv(24, 48, nn.Hardswish, stride=2),
            _Residual(48),
            _conv(48, 96, nn.Hardswish, stride=2),
            _Residual(96),
            _Residual(96),
        )


class Detector(nn.Module):
    """A backbone and a head with one branch for classes and one for boxes.

    Args:
        backbone: returns (N, backbone.channels, H / 8, W / 8) for images (N, 3, H, W).
        activation: of the head.
    """

    def __init__(self, backbone: nn.Module, activation: Callable[[], nn.Module]) -> None:
        super().__init__()
        channels = backbone.channels
        self.backbone = backbone
        self.class_branch, self.box_branch = (
            nn.Sequential(
                _conv(channels, channels, activation, kernel_size=5, groups=channels),
                _conv(channels, 64, activation, kernel_size=1),
            )
            for _ in range(2)
        )
        self.classes = nn.Conv2d(64, NUM_CLASSES, 1)
        self.distances = nn.Conv2d(64, 4, 1)
        nn.init.normal_(self.classes.weight, std=0.01)
        nn.init.constant_(self.classes.bias, -4.6)  # all scores begin at 0.01, as in Lin et al. 2017, arXiv:1708.02002
        nn.init.constant_(self.distances.bias, 1.0)

    def forward(self, images: Tensor) -> Outputs:
        """Return class logits and raw distances of each cell for normalised images (N, 3, H, W)."""
        features = self.backbone(images)
        return Outputs(self.classes(self.class_branch(features)), self.distances(self.box_branch(features)))


class ScoresAndPixels(nn.Module):
    """A detector whose scores and boxes leave in one tensor, as many exporters write it.

    One tensor has one scale when it is quantized: scores end at 1, pixels at the image's width.
    """

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, cells, 14): ten scores in [0, 1], then left, top, right and bottom in pixels."""
        logits, distances = self.detector(images)
        return torch.cat([logits.flatten(2).transpose(1, 2).sigmoid(), boxes_of(distances)], -1)


class Classifier(nn.Module):
    """The backbone of a detector, its mean over the cells, and one linear layer: logits (N, 10)."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.channels, NUM_CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, 10) for images (N, 3, H, W)."""
        return self.classifier(self.backbone(images).mean((2, 3)))


def nano_detector() -> Detector:
    """Return the small detector with fresh weights: inverted residuals and ReLU6."""
    return Detector(NanoBackbone(), nn.ReLU6)


def wide_detector() -> Detector:
    """Return the larger detector with fresh weights: ordinary convolutions and hard swish."""
    return Detector(WideBackbone(), nn.Hardswish)


def nano_classifier() -> Classifier:
    """Return a classifier on the small detector's backbone, with fresh weights."""
    return Classifier(NanoBackbone())


def wide_classifier() -> Classifier:
    """Return a classifier on the larger detector's backbone, with fresh weights."""
    return Classifier(WideBackbone())


def cell_centres(height: int, width: int) -> Tensor:
    """Return the centres of the cells, row by row, as (x, y) in pixels: float32 (height * width, 2)."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * STRIDE


def boxes_of(distances: Tensor) -> Tensor:
    """Return the boxes of all cells, (N, H * W, 4) in pixels, from raw distances (N, 4, H, W).

    A distance is the softplus of the output, in cells. The order is left, top, right, bottom.
    """
    centres = cell_centres(*distances.shape[2:])
    sides = F.softplus(distances.float()).flatten(2).transpose(1, 2) * STRIDE
    return torch.cat([centres - sides[..., :2], centres + sides[..., 2:]], -1)


def decode(outputs: Outputs) -> list[Detections]:
    """Return what a detector found in each image: boxes of enough score, without those that repeat a better one."""
    boxes, scores = boxes_of(outputs.distances), outputs.logits.float().flatten(2).transpose(1, 2).sigmoid()
    return [suppress(*both) for both in zip(boxes, scores, strict=True)]


def decode_joined(outputs: Tensor) -> list[Detections]:
    """Return what was found in each image, from the outputs (N, cells, 14) of `ScoresAndPixels`."""
    return [suppress(one[:, NUM_CLASSES:], one[:, :NUM_CLASSES]) for one in outputs]


def suppress(boxes: Tensor, scores: Tensor) -> Detections:
    """Keep the best boxes of one image: non-maximum suppression within each class.

    Args:
        boxes: (cells, 4) in pixels.
        scores: (cells, 10) in [0, 1].

    Returns:
        At most 100 detections, by falling score.
    """
    cells, classes = (scores > SCORE_THRESHOLD).nonzero(as_tuple=True)
    scores = scores[cells, classes]
    kept = batched_nms(boxes[cells], scores, classes, NMS_THRESHOLD)[:MAX_DETECTIONS]
    return Detections(boxes[cells[kept]], scores[kept], classes[kept])


def detect(predict: Callable[[Tensor], Outputs | Tensor], scenes: ImageSet, batch_size: int = 50) -> list[Detections]:
    """Return the detections in each scene by a detector, or by any function from normalised images to its outputs.

    The outputs may be joined, as those of `ScoresAndPixels`.
    """
    training = isinstance(predict, nn.Module) and predict.training
    if training:
        predict.eval()
    try:
        with torch.inference_mode():
            outputs = [predict(images) for images, _ in scenes.batches(batch_size)]
            return [
                found
                for batch in outputs
                for found in (decode_joined(batch) if isinstance(batch, Tensor) else decode(batch))
            ]
    finally:
        if training:
            predict.train()


def assign(targets: Tensor, height: int, width: int) -> Tensor:
    """Return which item each cell learns, (N, H * W): its row in `targets`, or -1 for background.

    A cell may learn an item when its centre is inside the box and within 1.5 cells of the box's centre; of several the
    smallest. The cell nearest to the centre of a box may always learn it, so that no item is lost between cells.

    Args:
        targets: (N, M, 5), class and box in pixels; class -1 means no item.
        height: rows of cells.
        width: columns of cells.
    """
    centres, boxes = cell_centres(height, width)[None, :, None], targets[:, None, :, 1:].float()
    to_sides = torch.cat([centres - boxes[..., :2], boxes[..., 2:] - centres], -1)
    from_middle = (centres - (boxes[..., :2] + boxes[..., 2:]) / 2).abs().amax(-1)
    near = (to_sides.amin(-1) > 0) & (from_middle <= CENTRE_CELLS * STRIDE)
    nearest = from_middle == from_middle.amin(1, keepdim=True)
    area = (boxes[..., 2:] - boxes[..., :2]).prod(-1) - 1e6 * nearest
    area = area.masked_fill(~(near | nearest) | (targets[:, None, :, 0] < 0), torch.inf)
    smallest, item = area.min(2)
    return item.masked_fill(smallest.isinf(), -1)


def giou(boxes: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Return IoU and generalised IoU (Rezatofighi et al. 2019, arXiv:1902.09630) of boxes (N, 4), pair by pair."""
    inner = (torch.minimum(boxes[:, 2:], others[:, 2:]) - torch.maximum(boxes[:, :2], others[:, :2])).clamp(0).prod(1)
    outer = (torch.maximum(boxes[:, 2:], others[:, 2:]) - torch.minimum(boxes[:, :2], others[:, :2])).prod(1)
    union = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (others[:, 2:] - others[:, :2]).prod(1) - inner
    iou = inner / union.clamp(1e-6)
    return iou, iou - (outer - union) / outer.clamp(1e-6)


def detection_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Return the quality focal loss of the scores plus twice the GIoU loss of the boxes, both per learning cell.

    The labels of the batch are (N, 10, 5) as `datasets.load` gives those of scenes. The score of the right class
    learns the IoU of the cell's box, all others 0. Half of the images, drawn with torch's generator, are mirrored.
    """
    images, targets = mirrored(batch.images, batch.labels)
    logits, distances = model(images)
    item = assign(targets, *logits.shape[2:])
    learns = item >= 0
    logits = logits.float().flatten(2).transpose(1, 2)
    chosen = targets[torch.arange(len(targets))[:, None], item.clamp(0)][learns]
    iou, generalised = giou(boxes_of(distances)[learns], chosen[:, 1:].float())
    quality = torch.zeros_like(logits)
    quality[learns] = F.one_hot(chosen[:, 0], NUM_CLASSES) * iou.detach()[:, None]
    focus = (quality - logits.sigmoid()).abs().square()
    score_loss = (F.binary_cross_entropy_with_logits(logits, quality, reduction="none") * focus).sum()
    return (score_loss + 2 * (1 - generalised).sum()) / learns.sum().clamp(1)


def mirrored(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Mirror half of the images left to right, drawn with torch's generator, and their boxes (N, M, 5) with them."""
    chosen = torch.rand(len(images)) < 0.5
    left, right = targets[..., 1], targets[..., 3]
    flipped = torch.stack(
        [targets[..., 0], images.shape[-1] - right, targets[..., 2], images.shape[-1] - left, targets[..., 4]], -1
    )
    images = torch.where(chosen[:, None, None, None], images.flip(-1), images)
    return images, torch.where(chosen[:, None, None] & (targets[..., :1] >= 0), flipped, targets)


def mean_average_precision(
    found: list[Detections],
    targets: Tensor,
    thresholds: np.ndarray = IOU_THRESHOLDS,
    areas: tuple[float, float] = (0.0, float("inf")),
) -> float:
    """Return COCO's mean average precision, a fraction in [0, 1], over the classes that occur and the thresholds.

    Precision is made to fall with recall and read off at 101 recalls. Within an image and a class, detections take
    items by falling score, each the free item of largest IoU. Items outside of `areas` count neither as found nor as
    missed, and nor do detections outside that found nothing.

    Args:
        found: the detections in each image.
        targets: (N, M, 5), class and box in pixels; class -1 means no item.
        thresholds: smallest IoU of a hit; the mean is over all of them.
        areas: smallest and largest area of an item that counts, in square pixels.

    Raises:
        ValueError: the numbers of images differ, or no item lies within `areas`.
    """
    if len(found) != len(targets):
        raise ValueError(f"There are detections in {len(found)} images and targets of {len(targets)}.")
    precisions = [
        _average_precision(_matches(found, targets, label, thresholds, areas), len(thresholds))
        for label in range(NUM_CLASSES)
    ]
    precisions = [precision for precision in precisions if precision is not None]
    if not precisions:
        raise ValueError(f"No item has an area from {areas[0]} to {areas[1]} square pixels.")
    return float(np.mean(precisions))


class _Matches(NamedTuple):
    scores: np.ndarray  # (detections,)
    hits: np.ndarray  # (thresholds, detections)
    ignored: np.ndarray  # (thresholds, detections)
    num_items: int


def _matches(
    found: list[Detections], targets: Tensor, label: int, thresholds: np.ndarray, areas: tuple[float, float]
) -> _Matches:
    all_scores, all_hits, all_ignored, num_items = [], [], [], 0
    for detections, rows in zip(found, targets, strict=True):
        chosen = detections.classes == label
        boxes, scores = detections.boxes[chosen].double(), detections.scores[chosen].double().numpy()
        items = rows[rows[:, 0] == label, 1:].double()
        outside = _outside(items, areas)
        order = np.argsort(outside, kind="stable")
        items, outside = items[torch.from_numpy(order)], outside[order]
        num_items += int((~outside).sum())
        best_first = np.argsort(-scores, kind="stable")
        boxes, scores = boxes[torch.from_numpy(best_first)], scores[best_first]
        overlaps = box_iou(boxes, items).numpy()
        hits = np.zeros((len(thresholds), len(scores)), bool)
        ignored = np.repeat(_outside(boxes, areas)[None], len(thresholds), 0)
        for row, threshold in enumerate(thresholds):
            free = np.ones(len(items), bool)
            for detection in range(len(scores)):
                item = _best_item(overlaps[detection], free, outside, threshold)
                if item is not None:
                    free[item] = False
                    hits[row, detection], ignored[row, detection] = not outside[item], outside[item]
        all_scores.append(scores)
        all_hits.append(hits)
        all_ignored.append(ignored)
    return _Matches(np.concatenate(all_scores), np.hstack(all_hits), np.hstack(all_ignored), num_items)


def _outside(boxes: Tensor, areas: tuple[float, float]) -> np.ndarray:
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1).numpy()
    return (area < areas[0]) | (area > areas[1])


def _best_item(overlaps: np.ndarray, free: np.ndarray, outside: np.ndarray, threshold: float) -> int | None:
    """Return the free item of largest IoU, one that counts before any other; the last of equals, as COCO's tool."""
    for group in (~outside, outside):
        allowed = np.flatnonzero(free & group & (overlaps >= min(threshold, 1 - 1e-10)))
        if len(allowed):
            return int(allowed[::-1][np.argmax(overlaps[allowed[::-1]])])
    return None


def _average_precision(matches: _Matches, num_thresholds: int) -> float | None:
    if matches.num_items == 0:
        return None
    order = np.argsort(-matches.scores, kind="stable")
    total = 0.0
    for row in range(num_thresholds):
        counted = order[~matches.ignored[row, order]]
        hits = np.cumsum(matches.hits[row, counted])
        precision = hits / np.arange(1, len(hits) + 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        first = np.searchsorted(hits / matches.num_items, RECALLS, side="left")
        total += np.append(precision, 0.0)[np.minimum(first, len(precision))].mean()
    return total / num_thresholds


def scenes_found(model: nn.Module, scenes: ImageSet) -> int:
    """Return in how many scenes each item is found: a detection of its class, a score and an IoU of 0.5 or more."""
    count = 0
    for detections, rows in zip(detect(model, scenes), scenes.labels, strict=True):
        items = rows[rows[:, 0] >= 0]
        hits = box_iou(items[:, 1:].float(), detections.boxes) >= 0.5
        hits &= (items[:, :1] == detections.classes) & (detections.scores >= 0.5)
        count += bool(hits.any(1).all())
    return count


def validation_map(model: nn.Module, scenes: ImageSet) -> float:
    """Return a detector's mean average precision, IoU 0.50 to 0.95, on a set of scenes."""
    return mean_average_precision(detect(model, scenes), scenes.labels)
