"""Visible cases of layer_sparsities, lab 04."""

from labsupport.checks.protocol import Case, Data, require, require_close, require_keys


def inputs_three_layers() -> tuple:
    scan = {
        "a": {0.3: 0.89, 0.6: 0.80, 0.9: 0.50},
        "b": {0.9: 0.70, 0.3: 0.90, 0.6: 0.86},
        "c": {0.3: 0.85, 0.6: 0.84, 0.9: 0.82},
    }
    return scan, {"a": 100, "b": 800, "c": 100}, 0.49


def judge_three_layers(chosen: Data) -> None:
    require_keys(chosen, "a", "b", "c")
    got = [chosen[name] for name in "abc"]
    setting = "Layers a, b, c have 100, 800, 100 weights, target 0.49. "
    hint = "You prune 0.3, 0.6, 0.6: that floor makes the plain mean 0.5. Weigh each layer with its number of weights."
    require(got != [0.3, 0.6, 0.6], "ignores-sizes", setting + hint)
    hint = "You prune 0.9 everywhere, which is the lowest floor. Begin with the highest floor, and stop at the first "
    require(got != [0.9, 0.9, 0.9], "takes-the-lowest-floor", setting + hint + "that reaches the target.")
    require(got != [0.6, 0.6, 0.6], "same-for-all", setting + "You prune all layers alike: what did the scan say?")
    hint = "At the floor 0.89 they prune 0.3, 0.3, 0: 270 of 1000 weights, which is not enough yet."
    require(got != [0.3, 0.3, 0.0], "stops-too-early", setting + hint)
    hint = "The floor 0.86 is the first to reach 490 of 1000: a keeps it at 0.3, b at 0.6, c at no sparsity."
    require_close(got, [0.3, 0.6, 0.0], "wrong-sparsities", setting + hint)


def inputs_all_that_there_is() -> tuple:
    scan = {"first": {0.5: 0.75, 0.75: 0.5}, "second": {0.5: 0.625, 0.75: 0.25}}
    return scan, {"first": 24, "second": 8}, 0.7


def judge_all_that_there_is(chosen: Data) -> None:
    require_keys(chosen, "first", "second")
    hint = "Both layers need 0.75, their highest sparsity, to reach the target of 0.7. The floor is 0.25."
    require_close([chosen["first"], chosen["second"]], [0.75, 0.75], "wrong-sparsities", hint)


CASES = (
    Case("three layers of different size", inputs_three_layers, judge_three_layers),
    Case("a target that takes all", inputs_all_that_there_is, judge_all_that_there_is),
)
