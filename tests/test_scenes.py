import hashlib
from itertools import combinations, islice

import numpy as np
import pytest
import torch

from labsupport import datasets, scenes

# Of the pixels and targets of the first 50 scenes of validation.
FIRST = {"scenes": "9564821b0297b945", "small_scenes": "0e0f2e0c74074751"}


def digest(made):
    sha256 = hashlib.sha256()
    for scene in made:
        sha256.update(scene.pixels.tobytes())
        sha256.update(scene.targets.astype("<i8").tobytes())
    return sha256.hexdigest()[:16]


@pytest.mark.parametrize("name", scenes.KINDS)
def test_every_machine_and_number_of_threads_makes_the_same_scenes(name):
    assert digest(scenes.make(name, "validation", 50)) == FIRST[name]
    before = torch.get_num_threads()
    torch.set_num_threads(1 if before > 1 else 2)
    try:
        assert digest(scenes.make(name, "validation", 50)) == FIRST[name]
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", scenes.KINDS)
@pytest.mark.parametrize("split", datasets.SPLITS)
def test_scenes_hold_as_many_items_as_they_should_inside_of_the_picture(name, split):
    fewest, most = scenes.KINDS[name].num_items
    counts = []
    for scene in scenes.make(name, split, 40):
        items = scene.targets[scene.targets[:, 0] >= 0]
        counts.append(len(items))
        assert (items[:, 1:] >= 0).all()
        assert (items[:, 1:] <= scenes.SIZE).all()
        assert (items[:, 3:] > items[:, 1:3]).all()
        assert (items[:, 3:] - items[:, 1:3]).max() <= scenes.KINDS[name].sides[1]
        assert (scene.targets[len(items) :] == -1).all()
        for place, box in enumerate(items[:, 1:]):
            assert scenes._most_covered(box, items[:place, 1:]) <= scenes.MAX_COVERED
    assert max(counts) <= most
    assert min(counts) >= max(1, fewest - 1)
    assert len(set(counts)) > 2


def test_a_box_is_exactly_what_an_item_changed():
    random = np.random.RandomState(3)
    grey = datasets.load("fashion_mnist", "validation").images[:30, 0].numpy()
    for item in grey:
        pixels = np.full((scenes.SIZE, scenes.SIZE, 3), 255, np.uint8)
        left, top, right, bottom = scenes._place(pixels, item, (16, 48), np.zeros((0, 4), np.int64), random)
        changed = (pixels != 255).any(2)
        rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
        assert (left, top, right, bottom) == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def test_an_item_that_finds_no_place_is_left_out():
    random, pixels = np.random.RandomState(0), np.zeros((scenes.SIZE, scenes.SIZE, 3), np.uint8)
    grey = np.full((28, 28), 200, np.uint8)
    everywhere = np.array([[0, 0, scenes.SIZE, scenes.SIZE]])
    assert scenes._place(pixels, grey, (20, 20), everywhere, random) is None
    assert scenes._place(pixels, np.zeros_like(grey), (20, 20), everywhere[:0], random) is None
    assert not pixels.any()


def test_splits_share_no_background():
    for picture in scenes.photographs():
        regions = [scenes.region(picture.shape, split) for split in datasets.SPLITS]
        for left, top, right, bottom in regions:
            assert 0 <= left < right <= picture.shape[1]
            assert 0 <= top < bottom <= picture.shape[0]
            assert min(right - left, bottom - top) >= scenes.SIZE
        for one, other in combinations(regions, 2):
            width = min(one[2], other[2]) - max(one[0], other[0])
            height = min(one[3], other[3]) - max(one[1], other[1])
            assert width <= 0 or height <= 0


def test_splits_share_no_item(monkeypatch):
    asked = []
    load = datasets.load
    monkeypatch.setattr(datasets, "load", lambda name, split: asked.append((name, split)) or load(name, split))
    for split in datasets.SPLITS:
        next(scenes.make("scenes", split))
    assert asked == [("fashion_mnist", split) for split in datasets.SPLITS]


def test_the_loader_gives_the_same_scenes_as_tensors(monkeypatch):
    monkeypatch.setattr(scenes, "NUM_SCENES", dict.fromkeys(datasets.SPLITS, 12))
    for name in scenes.KINDS:
        loaded = datasets.load(name, "calibration")
        made = list(scenes.make(name, "calibration"))
        assert loaded.images.shape == (12, 3, scenes.SIZE, scenes.SIZE)
        assert loaded.labels.shape == (12, scenes.MAX_ITEMS, 5)
        assert np.array_equal(loaded.images.permute(0, 2, 3, 1).numpy(), [scene.pixels for scene in made])
        assert np.array_equal(loaded.labels.numpy(), [scene.targets for scene in made])
        assert len(loaded.class_names) == 10


def test_crops_are_the_items_of_the_scenes_in_their_order(monkeypatch):
    monkeypatch.setattr(scenes, "NUM_SCENES", dict.fromkeys(datasets.SPLITS, 12))
    crops, images = datasets.load("crops", "calibration"), datasets.load("scenes", "calibration")
    labels = images.labels[..., 0]
    assert torch.equal(crops.labels, labels[labels >= 0])
    assert crops.images.shape[1:] == (3, scenes.CROP_SIZE, scenes.CROP_SIZE)


def test_pixels_are_normalised_to_about_mean_0_and_deviation_1():
    pixels = np.stack([scene.pixels for scene in islice(scenes.make("scenes", "train"), 300)])
    _, mean, std = datasets.SCENES
    assert abs(pixels.mean() / 255 - mean[0]) < 0.03
    assert abs(pixels.std() / 255 - std[0]) < 0.03


@pytest.mark.parametrize(
    ("name", "split", "message"),
    [
        ("scene", "train", "no scenes 'scene'"),
        ("scenes", "training", "no split 'training'"),
    ],
)
def test_unknown_names_are_refused(name, split, message):
    with pytest.raises(ValueError, match=message):
        next(scenes.make(name, split))


@pytest.mark.parametrize(("name", "split"), [("small-scenes", "train"), ("small_scenes", "val"), ("crops", "val")])
def test_the_loader_refuses_unknown_names(name, split):
    with pytest.raises(ValueError, match="Choose one of"):
        datasets.load(name, split)
