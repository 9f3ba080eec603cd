"""Files that are broken or hostile: each gets its sentence, and what is counted is what runs."""

import numpy as np
import onnx
import pytest
from challenge_kit import HOSTILE, dumped, edited, good, graph, tail, weights
from onnx import helper

from labsupport.challenge import RefusedError, run
from labsupport.challenge import graph as graphs

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 3, 32, 32), np.uint8)


def test_there_are_enough():
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_is_refused_with_a_sentence(name):
    build, words = HOSTILE[name]
    with pytest.raises(RefusedError) as refused:
        run.logits(graphs.read(build()), IMAGES)
    said = str(refused.value)
    assert words in said
    assert said.isprintable()
    assert len(said) < 600
    assert not said.endswith(".")


def test_a_network_within_the_rule_runs():
    network = graphs.read(dumped(good()))
    assert (network.macs, network.int8_macs, network.saturates) == (30, 0, False)
    answers = run.logits(network, IMAGES)
    assert answers.shape == (4, 10)
    assert answers.dtype == np.float32


def metadata(model: onnx.ModelProto) -> None:
    helper.set_model_props(model, {"macs": "1", "accuracy": "0.99", "ort_config": '{"session_options": {}}'})
    model.producer_name = model.graph.doc_string = model.graph.node[0].name = "\x1b[2J"
    model.graph.quantization_annotation.add(tensor_name="x")


def test_metadata_changes_nothing_but_the_bytes():
    plain, told = graphs.read(dumped(good())), graphs.read(edited(metadata)())
    assert told.content == plain.content
    assert told.num_bytes > plain.num_bytes
    assert (told.macs, told.shapes) == (plain.macs, plain.shapes)


def test_fields_that_the_format_does_not_know_do_not_run():
    unknown = b"\xfa\x7f\x04evil"  # field 2047, four bytes
    assert graphs.read(dumped(good()) + unknown).content == graphs.read(dumped(good())).content


def test_a_shape_that_is_right_or_open_may_stand_in_the_file():
    def tell(model: onnx.ModelProto) -> None:
        model.graph.value_info.append(helper.make_tensor_value_info("flat", 1, (1, "n")))
        model.graph.value_info.append(helper.make_tensor_value_info("nobody", 1, (7,)))

    assert graphs.read(edited(tell)()).macs == 30


def test_a_count_that_is_not_the_runtimes_is_caught(monkeypatch):
    """Should a rule of the counter be wrong, no file may gain by it."""
    network = graphs.read(dumped(good()))
    network.shapes["flat"] = (1, 2)
    with pytest.raises(RefusedError, match="the runtime makes flat of shape"):
        run.logits(network, IMAGES)


def test_examine_says_why_and_never_raises(tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, IMAGES)
    for build, words in HOSTILE.values():
        assert words in run.examine(build(), path)["refused"]
    found = run.examine(dumped(good()), path)
    assert found["macs"] == 30
    np.testing.assert_array_equal(found["logits"], run.logits(graphs.read(dumped(good())), IMAGES))


def test_tensors_listed_as_inputs_are_none():
    model = graph(tail("x"), weights())
    model.graph.input.append(helper.make_tensor_value_info("w", 1, (3, 10)))
    assert graphs.read(dumped(model)).macs == 30
