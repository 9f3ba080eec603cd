import gzip
import hashlib
import json
import re
import shutil
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from labsupport import DATA_DIR, PROJECT_DIR, datasets, fetch
from labsupport.datasets import SPLITS, ImageSet, calibration_loader, load, split_indices
from labsupport.fetch import DataError

SIZES = {
    "fashion_mnist": {"train": 54_000, "validation": 5_000, "calibration": 1_000, "test": 10_000},
    "cifar10_mini": {"train": 4_000, "validation": 1_000, "calibration": 500, "test": 2_500},
    "cifar10": {"train": 44_000, "validation": 5_000, "calibration": 1_000, "test": 10_000},
}
DERIVED = ("train", "validation", "calibration")


@pytest.fixture(scope="module")
def embedded():
    return {name: {split: load(name, split) for split in SPLITS} for name in ("fashion_mnist", "cifar10_mini")}


def fake_official(num_per_class, seed):
    """Random images in the layout of CIFAR-10, whose labels come in a random order."""
    generator = np.random.RandomState(seed)
    labels = generator.permutation(np.repeat(np.arange(10, dtype=np.uint8), num_per_class))
    return np.frombuffer(generator.bytes(len(labels) * 3072), np.uint8).reshape(-1, 32, 32, 3), labels


@pytest.fixture(scope="module")
def fake_arrays():
    return {"train": fake_official(610, seed=1), "test": fake_official(30, seed=2)}


@pytest.fixture
def fake_cifar10(monkeypatch, fake_arrays):
    folders = []

    def read(folder, official):
        folders.append(folder)
        return fake_arrays[official]

    monkeypatch.setattr(fetch, "cifar10", read)
    return folders


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", ["fashion_mnist", "cifar10_mini"])
def test_embedded_sets_have_the_stated_sizes_and_types(embedded, name, split):
    image_set = embedded[name][split]
    shape = (1, 28, 28) if name == "fashion_mnist" else (3, 32, 32)
    assert (image_set.name, image_set.split) == (name, split)
    assert image_set.images.shape == (SIZES[name][split], *shape)
    assert image_set.images.dtype == torch.uint8
    assert image_set.images.is_contiguous()
    assert image_set.labels.dtype == torch.int64
    assert len(image_set) == SIZES[name][split]
    assert torch.bincount(image_set.labels).tolist() == [len(image_set) // 10] * 10
    assert len(image_set.class_names) == 10
    assert len(image_set.mean) == len(image_set.std) == shape[0]


def test_the_full_set_is_read_from_the_cache_folder(fake_cifar10, fake_arrays, monkeypatch, tmp_path):
    monkeypatch.setenv("LABS_DATA", str(tmp_path))
    validation, test = load("cifar10", "validation"), load("cifar10", "test")
    assert fake_cifar10 == [tmp_path, tmp_path]
    assert validation.images.shape == (5000, 3, 32, 32)
    images, labels = fake_arrays["test"]
    assert np.array_equal(test.images.permute(0, 2, 3, 1).numpy(), images), "the official test set, in its order"
    assert np.array_equal(test.labels.numpy(), labels)
    images, labels = fake_arrays["train"]
    positions = split_indices(labels, "validation")
    assert np.array_equal(validation.images.permute(0, 2, 3, 1).numpy(), images[positions])
    assert np.array_equal(validation.labels.numpy(), labels[positions])


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("LABS_DATA", raising=False)
    assert datasets.cache_folder() == DATA_DIR / "cache"
    monkeypatch.setenv("LABS_DATA", str(tmp_path))
    assert datasets.cache_folder() == tmp_path
    monkeypatch.setenv("LABS_DATA", "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert datasets.cache_folder() == PROJECT_DIR / "elsewhere"


@pytest.mark.parametrize(
    ("num_per_class", "expected"),
    [
        (5000, {"train": "abd25a47998f51f4", "validation": "40d8237d990e84dd", "calibration": "5a1a78f3d261e660"}),
        (6000, {"train": "1786613911945a5a", "validation": "6db66c428b814145", "calibration": "6fb9ac8aaf3e9cb9"}),
    ],
)
def test_the_splits_never_move(num_per_class, expected):
    """Labels in a fixed order stand for train sets of the size of CIFAR-10 and of Fashion-MNIST."""
    labels = np.arange(10 * num_per_class) * 7 % 10
    found = {split: hashlib.sha256(split_indices(labels, split).astype("<i8")).hexdigest()[:16] for split in DERIVED}
    assert found == expected


def test_the_splits_of_fashion_mnist_never_move():
    labels = datasets._read_idx(datasets.FASHION_DIR / "train-labels-idx1-ubyte.gz")
    found = {split: hashlib.sha256(split_indices(labels, split).astype("<i8")).hexdigest()[:16] for split in DERIVED}
    assert found == {
        "train": "a3f34e85f6f63c11",
        "validation": "afd0c4a155a99d7e",
        "calibration": "f7b47e6c832cf27d",
    }


@pytest.mark.parametrize(("name", "num_per_class"), [("cifar10", 5000), ("fashion_mnist", 6000)])
def test_the_splits_are_disjoint_and_use_every_image(name, num_per_class):
    labels = np.random.RandomState(3).permutation(np.repeat(np.arange(10), num_per_class))
    positions = {split: split_indices(labels, split) for split in DERIVED}
    assert {split: len(p) for split, p in positions.items()} == {split: SIZES[name][split] for split in DERIVED}
    together = np.concatenate(list(positions.values()))
    assert np.array_equal(np.sort(together), np.arange(len(labels)))
    for p in positions.values():
        assert np.array_equal(labels[p], np.arange(len(p)) % 10)


@pytest.mark.parametrize("name", ["fashion_mnist", "cifar10_mini"])
def test_every_prefix_in_tens_is_balanced_and_prefixes_nest(embedded, name):
    for split in DERIVED:
        image_set = embedded[name][split]
        for num_samples in (10, 130, 500):
            subset = image_set.subset(num_samples)
            assert len(subset) == num_samples
            assert torch.bincount(subset.labels).tolist() == [num_samples // 10] * 10
            assert torch.equal(subset.images, image_set.images[:num_samples])
            assert torch.equal(subset.subset(10).images, image_set.subset(10).images)
            assert subset.images.data_ptr() == image_set.images.data_ptr(), "a subset must not copy the pixels"


@pytest.mark.parametrize("num_samples", [0, -10, 501])
def test_a_subset_larger_than_the_split_is_refused(embedded, num_samples):
    with pytest.raises(ValueError, match="cifar10_mini calibration has 500"):
        embedded["cifar10_mini"]["calibration"].subset(num_samples)


def test_no_image_of_the_mini_is_in_two_splits(embedded):
    seen = {}
    for split, image_set in embedded["cifar10_mini"].items():
        for image in image_set.images:
            assert seen.setdefault(image.numpy().tobytes(), split) == split


def test_mean_and_std_are_those_of_the_official_train_set_of_fashion_mnist(embedded):
    histogram = sum(np.bincount(embedded["fashion_mnist"][split].images.flatten(), minlength=256) for split in DERIVED)
    values = np.arange(256) / 255
    mean = np.average(values, weights=histogram)
    std = np.average((values - mean) ** 2, weights=histogram) ** 0.5
    assert datasets.FASHION_MNIST[1:] == ((round(mean, 4),), (round(std, 4),))


def test_mean_and_std_of_cifar10_agree_with_the_mini(embedded):
    pixels = embedded["cifar10_mini"]["train"].images.double() / 255
    _, mean, std = datasets.CIFAR10
    assert pixels.mean((0, 2, 3)).tolist() == pytest.approx(mean, abs=0.005)
    assert pixels.std((0, 2, 3)).tolist() == pytest.approx(std, abs=0.002)


def tiny_set(split="calibration"):
    images = torch.arange(7 * 2 * 2 * 2, dtype=torch.uint8).reshape(7, 2, 2, 2)
    return ImageSet("tiny", split, images, torch.arange(7), ("a",) * 10, (0.5, 0.25), (0.5, 0.125))


def test_normalise_by_a_worked_example():
    images = torch.tensor([0, 255, 51, 102], dtype=torch.uint8).reshape(1, 2, 1, 2)
    expected = torch.tensor([-1.0, 1.0, -0.4, 1.2]).reshape(1, 2, 1, 2)
    normalised = tiny_set().normalise(images)
    assert normalised.dtype == torch.float32
    torch.testing.assert_close(normalised, expected)
    assert images.flatten().tolist() == [0, 255, 51, 102], "the stored pixels must not change"


def test_normalising_twice_is_refused():
    image_set = tiny_set()
    with pytest.raises(TypeError, match="normalised already"):
        image_set.normalise(image_set.normalise(image_set.images))


def test_a_normalised_split_has_mean_0_and_std_1(embedded):
    for name in ("fashion_mnist", "cifar10_mini"):
        image_set = embedded[name]["train"].subset(4000)
        images = image_set.normalise(image_set.images)
        assert images.mean((0, 2, 3)).abs().max() < 0.03
        assert (images.std((0, 2, 3)) - 1).abs().max() < 0.03


def test_batches_are_in_order_and_complete():
    image_set = tiny_set()
    batches = list(image_set.batches(3))
    assert [len(labels) for _, labels in batches] == [3, 3, 1]
    assert torch.equal(torch.cat([labels for _, labels in batches]), image_set.labels)
    assert torch.equal(torch.cat([images for images, _ in batches]), image_set.normalise(image_set.images))


def test_an_impossible_batch_size_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        list(tiny_set().batches(0))


def test_calibration_batches_are_the_first_images_normalised(embedded):
    image_set = embedded["cifar10_mini"]["calibration"]
    batches = calibration_loader(image_set, 250)
    assert [len(images) for images in batches] == [100, 100, 50]
    assert torch.equal(torch.cat(batches), image_set.normalise(image_set.images[:250]))
    assert [len(images) for images in calibration_loader(image_set, 20, batch_size=20)] == [20]


@pytest.mark.parametrize("split", ["train", "validation", "calibration"])
def test_calibration_takes_any_split_but_test(split):
    assert len(calibration_loader(tiny_set(split), 7)) == 1


def test_calibration_refuses_the_test_split_and_its_subsets(embedded):
    test = embedded["cifar10_mini"]["test"]
    for image_set in (test, test.subset(100)):
        with pytest.raises(ValueError, match=r'load\("cifar10_mini", "calibration"\)'):
            calibration_loader(image_set, 100)


def test_calibration_with_too_many_samples_is_refused(embedded):
    with pytest.raises(ValueError, match="has 500"):
        calibration_loader(embedded["cifar10_mini"]["calibration"], 1000)


def test_an_unknown_name_or_split_lists_the_valid_ones():
    with pytest.raises(ValueError, match=r"'mnist'.*fashion_mnist, cifar10_mini, cifar10"):
        load("mnist", "train")
    with pytest.raises(ValueError, match=r"'val'.*train, validation, calibration, test"):
        load("fashion_mnist", "val")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "split"), [("cifar10_mini", "calibration"), ("fashion_mnist", "test")])
def test_what_a_student_does_to_the_pixels_does_not_reach_the_next_load(name, split):
    load(name, split).images.zero_()
    assert load(name, split).images.any()


def test_the_mini_is_made_of_the_same_splits_of_the_full_set(fake_cifar10, tmp_path, monkeypatch):
    sizes = {"train": 100, "validation": 200, "calibration": 100, "test": 200}
    digests = datasets.make_mini(tmp_path, sizes)
    monkeypatch.setattr(datasets, "MINI_DIR", tmp_path)
    monkeypatch.setattr(datasets, "SHA256", digests)
    for split in DERIVED:
        mini, full = load("cifar10_mini", split), load("cifar10", split).subset(sizes[split])
        assert torch.equal(mini.images, full.images)
        assert torch.equal(mini.labels, full.labels)
    mini, full = load("cifar10_mini", "test"), load("cifar10", "test")
    assert mini.labels.tolist() == list(range(10)) * 20
    for label in range(10):
        assert torch.equal(mini.images[mini.labels == label], full.images[full.labels == label][:20])


def test_make_mini_says_when_the_result_is_not_the_embedded_one(fake_cifar10, tmp_path, monkeypatch, capsys):
    made = []

    def make_small(folder):
        made.append(folder)
        return {"cifar10_mini/train": "0" * 64}

    monkeypatch.setattr(datasets, "make_mini", make_small)
    monkeypatch.setattr(sys, "argv", ["datasets", "make-mini"])
    with pytest.raises(SystemExit, match="would refuse"):
        datasets.main()
    assert made == [DATA_DIR / "cifar10_mini"]
    assert f"cifar10_mini/train: sha256 {'0' * 64}" in capsys.readouterr().out
    monkeypatch.setattr(datasets, "SHA256", {"cifar10_mini/train": "0" * 64})
    datasets.main()


def test_the_sheet_shows_a_hundred_tiles_a_row(fake_cifar10, tmp_path):
    images, _ = fake_official(20, seed=5)
    datasets.write_mini(tmp_path, "train", images)
    with datasets.Image.open(tmp_path / "train.png") as sheet:
        assert sheet.size == (3200, 64)
        assert np.array_equal(np.asarray(sheet)[32:, :32], images[100])


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Copies of the small embedded files that a test may damage."""
    mini, fashion = tmp_path / "cifar10_mini", tmp_path / "fashion_mnist"
    mini.mkdir()
    fashion.mkdir()
    for name in ("calibration.png", "labels.json"):
        shutil.copy(datasets.MINI_DIR / name, mini)
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        shutil.copy(datasets.FASHION_DIR / name, fashion)
    monkeypatch.setattr(datasets, "MINI_DIR", mini)
    monkeypatch.setattr(datasets, "FASHION_DIR", fashion)
    load("cifar10_mini", "calibration")
    load("fashion_mnist", "test")
    return {"cifar10_mini": mini, "fashion_mnist": fashion}


FILES = [
    ("cifar10_mini", "calibration", "calibration.png"),
    ("cifar10_mini", "calibration", "labels.json"),
    ("fashion_mnist", "test", "t10k-images-idx3-ubyte.gz"),
    ("fashion_mnist", "test", "t10k-labels-idx1-ubyte.gz"),
]


@pytest.mark.parametrize(("name", "split", "file"), FILES)
def test_a_missing_file_says_how_to_get_it(copied, name, split, file):
    (copied[name] / file).unlink()
    with pytest.raises(DataError, match=f"{file} is missing.*unpack the course again"):
        load(name, split)


@pytest.mark.parametrize("keep", [0.0, 0.0005, 0.5, 0.99])
@pytest.mark.parametrize(("name", "split", "file"), FILES)
def test_a_truncated_file_is_reported(copied, name, split, file, keep):
    path = copied[name] / file
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(DataError, match="is damaged"):
        load(name, split)


@pytest.mark.parametrize(("name", "split", "file"), FILES)
def test_a_flipped_byte_is_harmless_or_reported(copied, name, split, file):
    path = copied[name] / file
    expected = load(name, split)
    content = path.read_bytes()
    reported = 0
    for position in np.linspace(0, len(content) - 1, 12).astype(int):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        try:
            found = load(name, split)
        except DataError:
            reported += 1
        else:
            assert torch.equal(found.images, expected.images)
            assert torch.equal(found.labels, expected.labels)
    assert reported >= 6


def test_a_changed_label_is_reported(copied):
    path = copied["cifar10_mini"] / "labels.json"
    labels = json.loads(path.read_text())
    labels["calibration"][0] = 1
    path.write_text(json.dumps(labels))
    with pytest.raises(DataError, match="sha256"):
        load("cifar10_mini", "calibration")


def test_a_changed_pixel_is_reported(copied):
    path = copied["fashion_mnist"] / "t10k-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content, compresslevel=1))
    with pytest.raises(DataError, match="sha256"):
        load("fashion_mnist", "test")


def test_the_readme_lists_every_file_with_its_bytes_and_sha256():
    readme = (DATA_DIR / "README.md").read_text(encoding="utf-8")
    expected = set()
    for folder in ("cifar10_mini", "fashion_mnist"):
        for path in (DATA_DIR / folder).iterdir():
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            expected.add(f"| `{folder}/{path.name}` | {len(content):,} | `{digest}` |")
    stated = set(re.findall(r"^\| `(?:cifar10_mini|fashion_mnist)/.*\|$", readme, flags=re.MULTILINE))
    assert stated == expected, "\n".join(sorted(expected))


def test_the_mini_is_at_most_20_megabytes():
    assert sum(path.stat().st_size for path in datasets.MINI_DIR.iterdir()) <= 20_000_000


def saved_picture(path, array, **options):
    Image.fromarray(array).save(path, **options)
    return path


def test_a_picture_becomes_an_image_of_the_middle_square(tmp_path):
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, 32:96] = (200, 100, 50)
    image = datasets.read_picture(saved_picture(tmp_path / "wide.png", wide))
    assert (image.dtype, tuple(image.shape)) == (torch.uint8, (1, 3, 32, 32))
    assert image[0].flatten(1).unique(dim=1).squeeze().tolist() == [200, 100, 50]


def test_grey_transparent_and_turned_pictures_are_read(tmp_path):
    grey = np.full((40, 40), 77, np.uint8)
    assert datasets.read_picture(saved_picture(tmp_path / "grey.png", grey)).unique().tolist() == [77]
    clear = np.full((40, 40, 4), 60, np.uint8)
    assert datasets.read_picture(saved_picture(tmp_path / "clear.png", clear), size=8).shape == (1, 3, 8, 8)
    halves = np.zeros((32, 32, 3), np.uint8)
    halves[:16] = 255
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter clockwise
    image = datasets.read_picture(saved_picture(tmp_path / "turned.png", halves, exif=turned))
    assert image[0, 0, :, -1].min() > 200
    assert image[0, 0, :, 0].max() < 50


def test_a_picture_that_is_not_there_or_none_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no picture at .*cat\.png, looked for from the folder"):
        datasets.read_picture(tmp_path / "cat.png")
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"notes\.png cannot be read as a picture: save it as PNG or JPEG"):
        datasets.read_picture(tmp_path / "notes.png")
