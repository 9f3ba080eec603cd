import numpy as np
import pytest
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from labsupport import detection, parallel, zoo
from labsupport.datasets import ImageSet
from labsupport.detection import (
    Detections,
    Outputs,
    assign,
    boxes_of,
    decode,
    giou,
    mean_average_precision,
    mirrored,
    suppress,
)
from labsupport.training import Batch, Recipe, fit

NO_ITEM = [-1, -1, -1, -1, -1]
TOY = Recipe(epochs=2, batch_size=8, learning_rate=0.05, precision="fp32")


def targets_of(*scenes):
    return torch.tensor([[*scene, *[NO_ITEM] * (4 - len(scene))] for scene in scenes])


def some_scenes(split="train", num=16):
    """Bright squares on noise, one a scene, their class by their colour."""
    random = np.random.RandomState(0)
    images = torch.from_numpy(random.randint(0, 60, (num, 3, 48, 48))).to(torch.uint8)
    targets = []
    for image in images:
        x, y, label = random.randint(0, 28), random.randint(0, 28), random.randint(0, 3)
        image[label, y : y + 20, x : x + 20] = 250
        targets.append([[label, x, y, x + 20, y + 20]])
    return ImageSet("toy", split, images, targets_of(*targets), (), (0.3,) * 3, (0.2,) * 3)


def decided(build):
    """A detector whose scores are spread over 0 to 1."""
    torch.manual_seed(0)
    model = build().eval()
    images = torch.randn(4, 3, 96, 96)
    with torch.no_grad():
        model.classes.bias.zero_()
        model.classes.weight.mul_(2 / model(images).logits.std())
        spread = model(images).logits
        model.classes.bias.sub_(spread.mean((0, 2, 3)))
    return model


def random_case(seed, num_images=12):
    """Detections that are shifted, repeated, of a wrong class, of equal IoU or score, or from nowhere."""
    random = np.random.RandomState(seed)
    found, scenes = [], []
    for _ in range(num_images):
        corner = random.randint(0, 60, (random.randint(0, 4), 2))
        items = np.hstack(
            [random.randint(0, 3, (len(corner), 1)), corner, corner + random.randint(5, 36, corner.shape)]
        )
        guesses = np.vstack([np.repeat(items, 3, 0), [[1, 2, 3, 30, 40]]]).astype(float)
        guesses[:, 1:] += random.randint(-3, 4, (len(guesses), 4))
        wrong = random.rand(len(guesses)) < 0.2
        guesses[wrong, 0] = (guesses[wrong, 0] + 1) % 3
        scores = np.sort(random.randint(1, 12, len(guesses)) / 12)[::-1].copy()
        boxes = torch.from_numpy(guesses[:, 1:])
        found.append(Detections(boxes, torch.from_numpy(scores), torch.from_numpy(guesses[:, 0]).long()))
        scenes.append(items.tolist())
    return found, targets_of(*scenes)


def coco(found, targets, thresholds=detection.IOU_THRESHOLDS, areas=(0.0, float("inf"))):
    """Mean average precision by pycocotools, the reference implementation."""
    annotations, results = [], []
    for image, (detections, rows) in enumerate(zip(found, targets.tolist(), strict=True), 1):
        for label, left, top, right, bottom in rows:
            if label >= 0:
                box = [left, top, right - left, bottom - top]
                annotations.append({"bbox": box, "area": box[2] * box[3], "category_id": label, "image_id": image})
        for box, score, label in zip(*(part.tolist() for part in detections), strict=True):
            size = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
            results.append({"bbox": size, "score": score, "category_id": label, "image_id": image})
    truth = COCO()
    truth.dataset = {
        "images": [{"id": image + 1} for image in range(len(found))],
        "categories": [{"id": label} for label in range(10)],
        "annotations": [row | {"id": number, "iscrowd": 0} for number, row in enumerate(annotations, 1)],
    }
    truth.createIndex()
    judge = COCOeval(truth, truth.loadRes(results), "bbox")
    judge.params.iouThrs = np.asarray(thresholds)
    judge.params.areaRng = [[areas[0], min(areas[1], 1e10)]]
    judge.params.areaRngLbl = ["all"]
    judge.evaluate()
    judge.accumulate()
    precision = judge.eval["precision"][..., 0, -1]
    return precision[precision > -1].mean()


@pytest.mark.parametrize("areas", [(0.0, float("inf")), (0.0, 400.0), (400.0, float("inf"))])
@pytest.mark.parametrize("seed", range(6))
def test_mean_average_precision_is_that_of_pycocotools(seed, areas):
    found, targets = random_case(seed)
    for thresholds in (detection.IOU_THRESHOLDS, [0.5], [0.75]):
        ours = mean_average_precision(found, targets, np.asarray(thresholds), areas)
        assert 0 < ours < 1
        assert ours == pytest.approx(coco(found, targets, thresholds, areas), abs=1e-6)


def test_right_detections_score_1_none_0_and_a_repeated_one_is_no_hit():
    targets = targets_of([[3, 10, 10, 30, 30], [3, 50, 50, 70, 70]])
    boxes = targets[0, :2, 1:].float()
    right = Detections(boxes, torch.tensor([0.9, 0.8]), torch.tensor([3, 3]))
    twice = Detections(boxes[[0, 0, 1]], torch.tensor([0.9, 0.85, 0.8]), torch.tensor([3, 3, 3]))
    nothing = Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0).long())
    assert mean_average_precision([right], targets) == pytest.approx(1)
    assert mean_average_precision([nothing], targets) == 0
    assert mean_average_precision([twice], targets) == pytest.approx((51 + 50 * 2 / 3) / 101)
    wrong_class = right._replace(classes=torch.tensor([4, 4]))
    assert mean_average_precision([wrong_class], targets) == 0


def test_the_evaluator_refuses_what_does_not_belong_together():
    found, targets = random_case(0)
    with pytest.raises(ValueError, match="11 images and targets of 12"):
        mean_average_precision(found[1:], targets)
    with pytest.raises(ValueError, match="No item has an area from 9000"):
        mean_average_precision(found, targets, areas=(9000, 9999))


def test_boxes_are_the_distances_from_the_cells_centres():
    distances = torch.full((1, 4, 2, 3), 20.0)  # softplus(20) is 20 to 2e-9
    boxes = boxes_of(distances)
    assert boxes.shape == (1, 6, 4)
    assert torch.allclose(boxes[0, 0], torch.tensor([4.0, 4, 4, 4]) + torch.tensor([-160, -160, 160, 160]))
    assert torch.allclose(boxes[0, 5], torch.tensor([20.0, 12, 20, 12]) + torch.tensor([-160, -160, 160, 160]))


def test_suppression_keeps_one_of_the_same_class_and_both_of_two():
    boxes = torch.tensor([[0.0, 0, 20, 20], [1, 0, 21, 20], [60, 60, 80, 80]])
    scores = torch.zeros(3, 10)
    scores[0, 2], scores[1, 2], scores[1, 5], scores[2, 2] = 0.9, 0.8, 0.3, 0.005
    found = suppress(boxes, scores)
    assert found.classes.tolist() == [2, 5]
    assert found.scores.tolist() == pytest.approx([0.9, 0.3])
    assert torch.equal(found.boxes, boxes[:2])
    assert len(suppress(boxes, torch.zeros(3, 10)).scores) == 0


def test_decoding_gives_each_image_its_own():
    logits = torch.full((2, 10, 12, 12), -20.0)
    logits[1, 7, 3, 5] = 4.0
    nothing, found = decode(Outputs(logits, torch.ones(2, 4, 12, 12)))
    assert len(nothing.scores) == 0
    assert found.classes.tolist() == [7]
    assert found.boxes.mean(0).tolist() == pytest.approx([44 - 10.5061, 28 - 10.5061, 44 + 10.5061, 28 + 10.5061], 1e-4)


@pytest.mark.parametrize("build", [detection.nano_detector, detection.wide_detector])
def test_joined_outputs_give_the_same_detections(build):
    scenes, model = some_scenes(num=4), decided(build)
    pairs = zip(
        detection.detect(model, scenes), detection.detect(detection.ScoresAndPixels(model), scenes), strict=True
    )
    for apart, joined in pairs:
        assert len(apart.scores) > 0
        for one, other in zip(apart, joined, strict=True):
            assert torch.allclose(one, other)


def test_one_scale_for_scores_and_pixels_takes_the_scores_away():
    with torch.no_grad():
        joined = detection.ScoresAndPixels(decided(detection.nano_detector))(torch.randn(2, 3, 96, 96))
    scale = (joined.max() - joined.min()) / 255
    rounded = torch.round(joined / scale) * scale
    assert joined[..., :10].unique().numel() > 1000
    assert rounded[..., :10].unique().numel() <= 5


def test_a_cell_learns_the_smallest_item_near_it_and_no_item_is_lost():
    targets = targets_of([[1, 0, 0, 40, 40], [2, 17, 17, 23, 23]], [])
    item = assign(targets, 12, 12).view(2, 12, 12)
    assert item[0, 2, 2] == 1
    assert item[0, 1, 1] == 0
    assert item[0, 6:].eq(-1).all()
    assert item[1].eq(-1).all()
    thin = assign(targets_of([[0, 14, 40, 18, 44]]), 12, 12)
    assert (thin == 0).sum() >= 1, "no centre of a cell lies inside this box"


def test_giou_of_equal_apart_and_overlapping_boxes():
    one = torch.tensor([[0.0, 0, 10, 10]] * 3)
    other = torch.tensor([[0.0, 0, 10, 10], [20, 0, 30, 10], [5, 0, 15, 10]])
    iou, generalised = giou(one, other)
    assert iou.tolist() == pytest.approx([1, 0, 1 / 3])
    assert generalised.tolist() == pytest.approx([1, -1 / 3, 1 / 3])


def test_mirroring_takes_the_boxes_along():
    scenes = some_scenes()
    torch.manual_seed(1)
    images, targets = mirrored(scenes.images, scenes.labels)
    changed = (images != scenes.images).flatten(1).any(1)
    assert 0 < changed.sum() < len(images)
    for image, (label, left, top, right, bottom) in zip(images, targets[:, 0].tolist(), strict=True):
        assert image[label, top:bottom, left:right].eq(250).all()
    assert targets[:, 1:].eq(-1).all()


@pytest.mark.parametrize("build", [detection.nano_detector, detection.wide_detector])
def test_a_detector_learns(build):
    torch.manual_seed(0)
    scenes, model = some_scenes(), build()
    batch = Batch(scenes.normalise(scenes.images), scenes.labels, None)
    first = detection.detection_loss(model, batch).item()
    recipe = Recipe(epochs=8, batch_size=8, learning_rate=0.05, precision="fp32")
    history = fit(model, scenes, recipe, loss=detection.detection_loss)
    assert history.epochs[-1]["train_loss"] < 0.8 * first


def test_two_processes_score_a_detector_as_one():
    torch.manual_seed(0)
    model = detection.nano_detector()
    options = {"loss": detection.detection_loss, "score": detection.validation_map}
    history = parallel.fit(model, some_scenes(), TOY, validation_set=some_scenes("validation"), **options)
    expected = detection.validation_map(model, some_scenes("validation"))
    assert history.epochs[-1]["validation_accuracy"] == pytest.approx(expected, rel=0.01)


def test_the_nano_detector_is_small_and_the_other_larger():
    small, large = (
        sum(parameter.numel() for parameter in build().parameters())
        for build in (detection.nano_detector, detection.wide_detector)
    )
    assert 100_000 <= small <= 300_000 < large


def test_the_classifiers_have_the_detectors_backbones():
    for kind in ("nano", "wide"):
        detector, classifier = zoo.ENTRIES[f"{kind}_scenes_0"].build(), zoo.ENTRIES[f"{kind}_crops_0"].build()
        assert detector.backbone.state_dict().keys() == classifier.backbone.state_dict().keys()
