import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file
from test_training import TOY, toy_model, toy_set

from labsupport import datasets, zoo
from labsupport.models import TinyCNN

TOLERATED_IMAGES = 4  # other CPUs round differently


@pytest.fixture
def toy_zoo(tmp_path, monkeypatch):
    """A zoo of one network, its folder and its data made up."""
    monkeypatch.setattr(zoo, "ENTRIES", {"toy": zoo.Entry(toy_model, "toy", "toy", TOY)})
    monkeypatch.setattr(zoo, "CHECKPOINTS_DIR", tmp_path / "checkpoints")
    monkeypatch.setattr(datasets, "load", lambda name, split: toy_set(split))
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "cache"))
    return tmp_path / "checkpoints"


def test_some_networks_are_shipped():
    assert "tinycnn_fashion_mnist" in zoo.available()


@pytest.mark.parametrize("name", zoo.available())
def test_a_shipped_network_gives_the_recorded_number_of_correct_answers(name):
    record, model = zoo.describe(name), zoo.load(name)
    assert not model.training
    assert {tensor.dtype for tensor in model.parameters()} == {torch.float32}
    assert sum(parameter.numel() for parameter in model.parameters()) == record["parameters"]
    found, recorded = zoo.correct_on_fixed_images(name, model), record["correct_on_fixed_images"]
    assert found["images"] == recorded["images"]
    assert abs(found["correct"] - recorded["correct"]) <= TOLERATED_IMAGES


@pytest.mark.parametrize("name", zoo.available())
def test_a_shipped_network_was_trained_by_the_recipe_in_the_code(name):
    assert zoo.describe(name)["recipe"] == json.loads(json.dumps(zoo.asdict(zoo.ENTRIES[name].recipe)))


@pytest.mark.parametrize("name", zoo.ENTRIES)
def test_every_network_of_the_zoo_can_be_built(name):
    shape = {"fashion_mnist": (1, 28, 28), "scenes": (3, 96, 96), "crops": (3, 48, 48)}.get(
        zoo.ENTRIES[name].data, (3, 32, 32)
    )
    found = zoo.ENTRIES[name].build().eval()(torch.zeros(1, *shape))
    if zoo.ENTRIES[name].data == "scenes":
        assert found.logits.shape == (1, 10, 12, 12)
        assert found.distances.shape == (1, 4, 12, 12)
    else:
        assert found.shape == (1, 10)


def test_training_writes_weights_and_record_and_loading_returns_the_same_answers(toy_zoo, capsys):
    assert zoo.main(["train", "toy"]) == 0
    assert "validation" in capsys.readouterr().out
    record, model = zoo.describe("toy"), zoo.load("toy")
    assert record["file_bytes"] == (toy_zoo / "toy.safetensors").stat().st_size
    assert record["validation_accuracy"] == round(zoo.evaluate(model, toy_set("validation")), 4)
    assert record["correct_on_fixed_images"] == {"correct": round(64 * record["validation_accuracy"]), "images": 64}
    assert len(record["validation_by_epoch"]) == TOY.epochs
    assert zoo.main([]) == 0
    assert "toy" in capsys.readouterr().out


def test_training_again_continues_the_finished_run_to_the_same_weights(toy_zoo):
    first, again = zoo.train("toy"), zoo.train("toy")
    assert first["sha256"] == again["sha256"]


def test_weights_are_stored_in_half_precision_only_where_accuracy_stays(toy_zoo, monkeypatch):
    assert zoo.train("toy")["stored_as"] == "float16"
    stored = load_file(toy_zoo / "toy.safetensors")
    assert {tensor.dtype for tensor in stored.values() if tensor.is_floating_point()} == {torch.float16}
    accuracies = iter([0.9, 0.8, 0.9, 0.9])
    entry = replace(zoo.ENTRIES["toy"], score=lambda model, image_set: next(accuracies))
    monkeypatch.setattr(zoo, "ENTRIES", {"toy": entry})
    assert zoo.train("toy")["stored_as"] == "float32"


def test_a_tampered_file_is_refused(toy_zoo):
    zoo.train("toy")
    path = toy_zoo / "toy.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(zoo.CheckpointError, match=r"sha256 differs.*python -m labsupport\.zoo train toy"):
        zoo.load("toy")


@pytest.mark.parametrize("suffix", ["safetensors", "json"])
def test_a_missing_file_is_named(toy_zoo, suffix):
    zoo.train("toy")
    (toy_zoo / f"toy.{suffix}").unlink()
    with pytest.raises(zoo.CheckpointError, match=rf"toy\.{suffix} is missing"):
        zoo.load("toy")


def test_a_file_for_another_network_is_refused(toy_zoo, monkeypatch):
    zoo.train("toy")
    monkeypatch.setattr(zoo, "ENTRIES", {"toy": replace(zoo.ENTRIES["toy"], build=TinyCNN)})
    with pytest.raises(zoo.CheckpointError, match="does not fit TinyCNN"):
        zoo.load("toy")


def test_a_file_that_is_no_safetensors_is_refused(toy_zoo):
    zoo.train("toy")
    path, record_path = toy_zoo / "toy.safetensors", toy_zoo / "toy.json"
    path.write_bytes(b"not tensors")
    record = json.loads(record_path.read_text()) | {"sha256": zoo.hashlib.sha256(b"not tensors").hexdigest()}
    record_path.write_text(json.dumps(record))
    with pytest.raises(zoo.CheckpointError, match="holds no tensors"):
        zoo.load("toy")


@pytest.mark.parametrize("name", zoo.WEIGHTS_ONLY)
def test_shipped_weights_are_those_of_their_record(name):
    record, tensors = zoo.describe(name), zoo.weights(name)
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
    assert sum(tensor.numel() for tensor in tensors.values()) == record["parameters"]
    assert (zoo.CHECKPOINTS_DIR / f"{name}.safetensors").stat().st_size == record["file_bytes"]
    with pytest.raises(zoo.CheckpointError, match="choose from tinycnn_fashion_mnist"):
        zoo.load(name)


def test_weights_without_a_network_of_the_zoo_are_saved_and_listed(toy_zoo, monkeypatch, capsys):
    monkeypatch.setattr(zoo, "WEIGHTS_ONLY", {"shared": "python -m course record"})
    model = toy_model()
    record = zoo.save_weights("shared", model, {"training_seconds": 3}, toy_zoo)
    assert record == zoo.describe("shared")
    assert record["training_seconds"] == 3
    stored = zoo.weights("shared")
    assert all(torch.equal(parameter, stored[key]) for key, parameter in model.named_parameters())
    zoo.main([])
    assert "weights only" in capsys.readouterr().out
    (toy_zoo / "shared.safetensors").unlink()
    with pytest.raises(zoo.CheckpointError, match=r"missing.*python -m course record"):
        zoo.weights("shared")


def test_an_unknown_name_lists_the_networks():
    with pytest.raises(zoo.CheckpointError, match="choose from tinycnn_fashion_mnist"):
        zoo.load("resnet50")
