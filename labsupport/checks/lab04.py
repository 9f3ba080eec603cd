"""The visible cases of lab 04, Iterative pruning."""

from collections.abc import Callable

import numpy as np

from labsupport.checks.protocol import Case, Data, Exercise, reject, require, require_close, require_type, run, show


def require_mask(mask: Data, shape: tuple[int, ...]) -> None:
    """Raise CheckFailed unless the result is a bool mask of this shape."""
    is_mask = isinstance(mask, np.ndarray) and mask.dtype == bool
    require(is_mask, "mask-not-bool", f"A mask is a tensor of bool, True where the weight is kept, not {show(mask)}.")
    hint = f"A mask has the shape of its tensor, {shape}, not {mask.shape}."
    require(mask.shape == shape, "mask-has-other-shape", hint)


def require_num_kept(mask: np.ndarray, num_kept: int) -> None:
    """Raise CheckFailed, saying what likely went wrong, unless the mask keeps this many weights."""
    kept, total = int(mask.sum()), mask.size
    if kept != num_kept and kept == total - num_kept:
        hint = f"The mask is True at {kept} of {total} weights, and {num_kept} should be kept: False means pruned."
        require(False, "mask-upside-down", hint)
    hint = f"{num_kept} of {total} weights should be kept; the mask keeps {kept}."
    require(kept == num_kept, "keeps-wrong-number", hint)


def drive_signed(magnitude_mask: Callable) -> Data:
    import torch

    return magnitude_mask(torch.tensor([[-3.0, 0.5, -0.25], [2.0, 1.0, -0.75], [-0.1, 4.0, -1.5]]), 0.4)


def judge_signed(mask: Data) -> None:
    require_mask(mask, (3, 3))
    weight = np.array([[-3.0, 0.5, -0.25], [2.0, 1.0, -0.75], [-0.1, 4.0, -1.5]])
    kept, flat = mask.ravel(), weight.ravel()
    hint = "-3 was pruned, the second largest magnitude of the nine. The sign does not matter: rank |w|."
    require(set(np.flatnonzero(~kept)) != set(np.argsort(flat)[:4]), "threshold-on-signed-weights", hint)
    by_magnitude = np.argsort(np.abs(flat))
    hint = "The largest magnitudes were pruned and the smallest kept: argsort puts the smallest first."
    require(set(np.flatnonzero(~kept)) != set(by_magnitude[-4:]), "prunes-the-largest", hint)
    hint = "k is 0.4 * 9 = 3.6, rounded to 4. Only 3 were pruned: int() cuts off, round() rounds."
    require(kept.sum() != 6, "keeps-wrong-number", hint)
    require_num_kept(mask, 5)
    require_close(mask, np.abs(weight) > 0.76, "prunes-other-weights", "The magnitudes to prune: 0.1 0.25 0.5 0.75.")


def drive_ties(magnitude_mask: Callable) -> Data:
    import torch

    weight = torch.tensor([0.5, -0.5, 0.5, 2.0, -0.5, 0.5, -3.0, 0.0, 0.0, 0.0])
    return [magnitude_mask(weight, 0.5), magnitude_mask(weight, 0.2)]


def judge_ties(masks: Data) -> None:
    half, fifth = masks
    require_mask(half, (10,))
    hint = f"k is 5 of 10 weights, and {int((~half).sum())} were pruned. Five magnitudes equal 0.5: a threshold takes "
    require((~half).sum() == 5, "prunes-all-ties", hint + "all of them or none. Prune positions, not values.")
    hint = f"k is 2 of 10, three weights are zero, and {int((~fifth).sum())} were pruned: prune k positions."
    require((~fifth).sum() == 2, "prunes-all-ties", hint)
    require(half[[3, 6]].all() and fifth[:7].all(), "prunes-other-weights", "A larger magnitude went before a smaller.")


def drive_sparsities(magnitude_mask: Callable) -> Data:
    import torch

    weight = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    return [magnitude_mask(weight, sparsity) for sparsity in (0.0, 0.9)]


def judge_sparsities(masks: Data) -> None:
    for mask, num_kept in zip(masks, (300, 30), strict=True):
        require_mask(mask, (4, 3, 5, 5))
        require_num_kept(mask, num_kept)


MAGNITUDE_MASK = Exercise(
    grade_id="magnitude-mask",
    function="magnitude_mask",
    cases=(
        Case("nine weights of both signs", drive_signed, judge_signed),
        Case("ties", drive_ties, judge_ties),
        Case("a convolution at sparsity 0 and 0.9", drive_sparsities, judge_sparsities),
    ),
)


def check_magnitude_mask(magnitude_mask: Callable) -> None:
    """Compare magnitude_mask with masks made by hand."""
    run(MAGNITUDE_MASK, magnitude_mask)


def drive_two_layers(global_masks: Callable) -> Data:
    import torch

    parameters = {
        "first.weight": torch.tensor([[1.0, -0.9], [0.8, -2.0]]),
        "first.bias": torch.tensor([0.05, -0.01, 0.02, 0.03]),
        "second.weight": torch.tensor([[0.1, -0.2, 0.3], [-0.4, 0.5, -1.5]]),
    }
    return global_masks(parameters, 0.5)


def judge_two_layers(masks: Data) -> None:
    require_type(masks, dict, "returns-no-dict", "Return a dict: name of the tensor -> its mask.")
    hint = "There is a mask for first.bias. Biases are not pruned: take the tensors with two or more dimensions."
    require("first.bias" not in masks, "prunes-biases", hint)
    hint = f"There should be masks for first.weight and second.weight, not for {', '.join(masks)}."
    require(set(masks) == {"first.weight", "second.weight"}, "wrong-names", hint)
    first, second = masks["first.weight"], masks["second.weight"]
    require_mask(first, (2, 2))
    require_mask(second, (2, 3))
    pruned = int((~first).sum()), int((~second).sum())
    hint = f"{sum(pruned)} were pruned. Half of the weights are 5. With the 4 biases counted it would be 7."
    require(sum(pruned) != 7, "counts-biases", hint)
    flat = np.array([1.0, -0.9, 0.8, -2.0, 0.1, -0.2, 0.3, -0.4, 0.5, -1.5])
    kept = np.concatenate([first.ravel(), second.ravel()])
    hint = "-2.0 was pruned, the largest magnitude of all. The sign does not matter: rank |w|."
    require(set(np.flatnonzero(~kept)) != set(np.argsort(flat)[:5]), "threshold-on-signed-weights", hint)
    hint = "Half of each layer was pruned. Rank the magnitudes of both layers in one list: only small ones should go."
    require(pruned != (2, 3), "layer-by-layer", hint)
    require_num_kept(kept, 5)
    require_close(kept, np.abs(flat) > 0.6, "prunes-other-weights", "The magnitudes 0.1 to 0.5 are the smallest five.")


def drive_global_ties(global_masks: Callable) -> Data:
    import torch

    parameters = {"a": torch.full((4, 5), 0.5), "b": torch.full((2, 5), -0.5), "c": torch.ones(30)}
    return global_masks(parameters, 0.3)


def judge_global_ties(masks: Data) -> None:
    pruned = sum(int((~np.asarray(mask)).sum()) for mask in masks.values())
    hint = f"30 equal magnitudes at sparsity 0.3: exactly 9 go, and {pruned} were pruned. Prune positions, not values."
    require(pruned in (9, 18), "prunes-all-ties", hint)
    hint = "18 were pruned, 30 percent of 60. The 30 numbers of the one-dimensional tensor do not count."
    require(pruned == 9, "counts-biases", hint)


GLOBAL_MASKS = Exercise(
    grade_id="global-masks",
    function="global_masks",
    cases=(
        Case("two layers and a bias", drive_two_layers, judge_two_layers),
        Case("ties across layers", drive_global_ties, judge_global_ties),
    ),
)


def check_global_masks(global_masks: Callable) -> None:
    """Compare global_masks with masks made by hand."""
    run(GLOBAL_MASKS, global_masks)


def drive_unsorted_runs(choose_sparsity: Callable) -> Data:
    runs = [
        {"sparsity": 0.9, "validation": [0.88, 0.90, 0.90, 0.89], "test": [0.91, 0.86, 0.88, 0.92]},
        {"sparsity": 0.5, "validation": [0.90, 0.91, 0.90, 0.90], "test": [0.90, 0.89, 0.91, 0.90]},
        {"sparsity": 0.95, "validation": [0.85, 0.86, 0.87, 0.88], "test": [0.90, 0.91, 0.89, 0.90]},
        {"sparsity": 0.8, "validation": [0.89, 0.90, 0.90, 0.91], "test": [0.90, 0.90, 0.90, 0.87]},
    ]
    return choose_sparsity(runs, {"validation": 0.912, "test": 0.905}, 0.02)


def judge_unsorted_runs(choice: Data) -> None:
    keys = {"sparsity", "epoch", "test_accuracy"}
    require_type(choice, dict, "returns-no-dict", "Return a dict with the keys sparsity, epoch and test_accuracy.")
    require(set(choice) == keys, "wrong-keys", f"The keys must be {', '.join(sorted(keys))}, not {', '.join(choice)}.")
    reject(
        choice["sparsity"],
        {
            0.95: (
                "sparsity-chosen-on-test",
                "At sparsity 0.95 the best validation accuracy is 0.88, more than 0.02 below the dense 0.912. Only "
                "the test accuracies look acceptable, and they may not decide.",
            ),
            0.8: (
                "takes-the-last",
                "0.8 is the last acceptable run of the list. 0.9 is acceptable too, and sparser: the order is no clue.",
            ),
            0.5: ("takes-the-safest", "0.5 is acceptable, and so is 0.9. Choose the highest acceptable sparsity."),
        },
    )
    require_close(choice["sparsity"], 0.9, "wrong-sparsity", "0.90 on validation is within 0.02 of the dense 0.912.")
    reject(
        choice["epoch"],
        {
            3: ("epoch-chosen-on-test", "Index 3 has the best test accuracy, 0.92, and only 0.89 on validation."),
            0: ("epoch-chosen-on-test", "Index 0 has only 0.88 on validation. The best there is 0.90, at index 1."),
            2: ("later-of-equal-epochs", "Index 1 and 2 have the same validation accuracy. Take the first."),
        },
    )
    require_close(choice["epoch"], 1, "wrong-epoch", "The first epoch with the best validation accuracy, from 0.")
    reject(
        choice["test_accuracy"],
        {
            0.92: ("reports-the-best-test", "0.92 is the best test accuracy of the run. Report the one of the epoch."),
            0.90: ("reports-validation", "0.90 is the validation accuracy that decided. Report the test accuracy."),
        },
    )
    require_close(choice["test_accuracy"], 0.86, "wrong-report", "The test accuracy of the chosen run and epoch.")


CHOOSE_SPARSITY = Exercise(
    grade_id="choose-sparsity",
    function="choose_sparsity",
    cases=(Case("four runs in any order", drive_unsorted_runs, judge_unsorted_runs),),
)


def check_choose_sparsity(choose_sparsity: Callable) -> None:
    """Compare choose_sparsity with a choice made by hand."""
    run(CHOOSE_SPARSITY, choose_sparsity)


def drive_one_step(masked_step: Callable) -> Data:
    import torch

    return masked_step(
        weight=torch.tensor([2.0, 0.0, -1.0, 0.0]),
        gradient=torch.tensor([1.0, 4.0, -2.0, 0.0]),
        velocity=torch.tensor([0.5, 0.0, 0.5, 3.0]),
        mask=torch.tensor([True, False, True, False]),
        learning_rate=0.1,
        momentum=0.8,
        weight_decay=0.5,
    )


def judge_one_step(step: Data) -> None:
    require_type(step, dict, "returns-no-dict", "Return a dict with the keys weight and velocity.")
    keys = f"The keys must be weight and velocity, not {', '.join(step)}."
    require(set(step) == {"weight", "velocity"}, "wrong-keys", keys)
    weight, velocity = step["weight"], step["velocity"]
    hint = "The kept weights became zero: True means kept."
    require(weight[0] or weight[2], "mask-upside-down", hint)
    hint = "Weights 1 and 3 are pruned, and both moved: the mask must act on the weight after the step."
    require(not (weight[1] and weight[3]), "mask-not-reapplied", hint)
    hint = "Weight 3 is pruned, its gradient is zero, and it moved: the velocity still pushes it."
    require(not weight[3], "masks-only-the-gradient", hint)
    hint = "Weight 1 is pruned and moved, since its gradient is not zero."
    require(not weight[1], "masks-only-the-velocity", hint)
    reject(
        float(weight[0]),
        {
            2 - 0.1 * 1.4: ("forgets-weight-decay", "1.86 is a step without weight decay: add weight_decay * weight."),
            2 - 0.1 * 2.0: ("forgets-momentum", "1.8 is a step without momentum: add momentum * velocity."),
            2 + 0.1 * 2.4: ("steps-uphill", "2.24 goes up the gradient: subtract learning_rate * velocity."),
            2 - 0.1 * 2.5: ("velocity-not-shrunk", "1.75 adds the old velocity whole: multiply it by momentum."),
            2 - 2.4: ("forgets-learning-rate", "-0.4 subtracts the whole velocity: multiply it by learning_rate."),
        },
    )
    require_close(weight, [1.76, 0.0, -0.79, 0.0], "wrong-weight", "Kept weights make the step of the formula.")
    require_close(velocity[[0, 2]], [2.4, -2.1], "wrong-velocity", "The velocity of the kept weights, by the formula.")


MASKED_STEP = Exercise(
    grade_id="masked-step",
    function="masked_step",
    cases=(Case("two kept and two pruned weights", drive_one_step, judge_one_step),),
)


def check_masked_step(masked_step: Callable) -> None:
    """Compare masked_step with a step made by hand."""
    run(MASKED_STEP, masked_step)


def drive_second_round(next_mask: Callable) -> Data:
    import torch

    weight = torch.tensor([[3.0, -4.0, 0.5, 1.0], [-5.0, 6.0, -0.7, 2.0]]).repeat(5, 1)
    mask = weight.abs() > 0.9
    return next_mask(torch.where(mask, weight, 0.0), mask, 0.2)


def judge_second_round(mask: Data) -> None:
    require_mask(mask, (10, 4))
    kept = int(mask.sum())
    hint = "-4 and -5 were pruned before 1 and 2. The sign does not matter: rank |w|."
    require(kept != 24 or mask[1::2, 0].any(), "threshold-on-signed-weights", hint)
    hint = "22 are kept: 8 went, which is 0.2 of all 40 weights. Prune 0.2 of the 30 that were left."
    require(kept != 22, "fraction-of-the-original", hint)
    hint = "Still 30 are kept. The smallest magnitudes are the zeros of the round before: they were pruned again."
    require(kept != 30, "prunes-the-pruned-again", hint)
    hint = f"{kept} are kept, more than the 30 of the round before: weights that were pruned have come back."
    require(kept < 30, "revives-pruned-weights", hint)
    hint = f"{kept} are kept. A threshold pruned all five weights of magnitude 1 and more of 2. Prune 6 positions."
    require(kept == 24, "prunes-all-ties" if kept < 24 or kept == 25 else "keeps-wrong-number", hint)
    hint = "All five weights of magnitude 1 go, and one of magnitude 2."
    require((~mask[::2, 3]).all() and mask[1::2, 3].sum() == 4, "prunes-other-weights", hint)


def drive_stale_values(next_mask: Callable) -> Data:
    import torch

    weight = torch.tensor([9.0, -0.1, 2.0, -3.0, 8.0, 4.0])
    return next_mask(weight, torch.tensor([False, True, True, True, False, True]), 0.5)


def judge_stale_values(mask: Data) -> None:
    require_mask(mask, (6,))
    hint = "Weight 0 and 4 were pruned before, and an optimizer has moved them to 9 and 8. They stay pruned."
    require(not (mask[0] or mask[4]), "revives-pruned-weights", hint)
    hint = "-3.0 was pruned before -0.1 or 2.0. The sign does not matter: rank |w|."
    require(mask[3], "threshold-on-signed-weights", hint)
    expected = [False, False, False, True, False, True]
    require_close(mask, expected, "prunes-other-weights", "-0.1 and 2.0 are the smallest two of the four kept weights.")


NEXT_MASK = Exercise(
    grade_id="next-mask",
    function="next_mask",
    cases=(
        Case("thirty of forty weights are left", drive_second_round, judge_second_round),
        Case("pruned weights with a value", drive_stale_values, judge_stale_values),
    ),
)


def check_next_mask(next_mask: Callable) -> None:
    """Compare next_mask with rounds made by hand."""
    run(NEXT_MASK, next_mask)


def drive_matrix(storage_bytes: Callable) -> Data:
    import torch

    mask = torch.zeros(10, 13, dtype=torch.bool)
    mask[::2, ::3] = True
    return storage_bytes(mask)


def judge_matrix(sizes: Data) -> None:
    keys = {"dense", "csr", "bitmask"}
    require_type(sizes, dict, "returns-no-dict", "Return a dict with the keys dense, csr and bitmask.")
    require(set(sizes) == keys, "wrong-keys", f"The keys must be dense, csr and bitmask, not {', '.join(sizes)}.")
    kept, rows, total = 25, 10, 130
    reject(sizes["dense"], {4 * kept: ("dense-leaves-zeros-out", "Dense stores every weight, zeros included.")})
    require_close(sizes["dense"], 4 * total, "wrong-dense", "130 weights of 4 bytes.")
    pruned = total - kept
    reject(
        sizes["csr"],
        {
            4 * kept: ("forgets-index-bytes", "100 bytes are the 25 values alone. Without indices nobody knows where."),
            4 * kept + 4 * (rows + 1): ("forgets-column-indices", "144 bytes lack the column of each kept weight."),
            8 * kept: ("forgets-row-starts", "200 bytes are values and columns. Add the 11 row starts."),
            8 * kept + 4 * rows: ("row-starts-off-by-one", "There are 11 row starts: one for each row and the end."),
            8 * pruned + 4 * (rows + 1): ("stores-the-pruned", "105 weights are pruned, 25 are kept: True means kept."),
            12 * kept: ("stores-row-indices", "A row and a column for each value is COO. CSR has one start a row."),
            8 * kept + 4 * 14: ("counts-columns-as-rows", "The matrix has 10 rows of 13 columns: 11 row starts."),
        },
    )
    require_close(sizes["csr"], 244, "wrong-csr", "25 values, 25 columns and 11 row starts of 4 bytes each.")
    reject(
        sizes["bitmask"],
        {
            4 * kept: ("forgets-index-bytes", "100 bytes are the values alone. Add one bit for each of 130 weights."),
            4 * kept + total: ("byte-for-a-bit", "230 takes a byte for each weight. One bit is enough, 8 in a byte."),
            4 * kept + 16: ("rounds-down", "130 bits do not fit in 16 bytes: round up."),
            4 * kept + 16.25: ("bytes-not-whole", "A file has whole bytes: 130 bits take 17."),
            4 * total + 17: ("bitmask-stores-zeros", "This stores all 130 values beside the bits. Only 25 are kept."),
        },
    )
    require_close(sizes["bitmask"], 117, "wrong-bitmask", "25 values of 4 bytes, and 130 bits in 17 bytes.")


def drive_convolution(storage_bytes: Callable) -> Data:
    import torch

    mask = torch.zeros(4, 3, 3, 3, dtype=torch.bool)
    mask[:, 0, 0, 0] = True
    return storage_bytes(mask)


def judge_convolution(sizes: Data) -> None:
    hint = "A weight of shape (4, 3, 3, 3) is a matrix of 4 rows and 27 columns: one row for each output channel."
    reject(sizes["csr"], {32 + 4 * 13: ("wrong-rows", hint), 32 + 4 * 37: ("wrong-rows", hint)})
    require_close([sizes["dense"], sizes["csr"], sizes["bitmask"]], [432, 52, 30], "wrong-bytes", hint)


STORAGE_BYTES = Exercise(
    grade_id="storage-bytes",
    function="storage_bytes",
    cases=(
        Case("a matrix of 10 rows and 13 columns", drive_matrix, judge_matrix),
        Case("a convolution", drive_convolution, judge_convolution),
    ),
)


def check_storage_bytes(storage_bytes: Callable) -> None:
    """Compare storage_bytes with bytes counted by hand."""
    run(STORAGE_BYTES, storage_bytes)


EXERCISES = (MAGNITUDE_MASK, GLOBAL_MASKS, CHOOSE_SPARSITY, MASKED_STEP, NEXT_MASK, STORAGE_BYTES)
