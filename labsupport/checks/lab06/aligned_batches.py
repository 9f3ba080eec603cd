"""Visible cases of aligned_batches, lab 06."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_type, show


def inputs_forty() -> tuple:
    import torch

    number, view = torch.arange(40).expand(3, 40), torch.arange(3)[:, None].expand(3, 40)
    views = torch.stack([number, view], dim=2).to(torch.uint8).reshape(3, 40, 2, 1, 1)
    logits = torch.stack([number, view, torch.zeros_like(view)], dim=2).float()
    return views, torch.arange(40) + 100, logits, 12, 0


def inputs_twenty() -> tuple:
    import torch

    number, view = torch.arange(20).expand(2, 20), torch.arange(2)[:, None].expand(2, 20)
    views = torch.stack([number, view], dim=2).to(torch.uint8).reshape(2, 20, 1, 1, 2)
    logits = torch.stack([number, view, -number, torch.ones_like(view)], dim=2).float()
    return views, torch.arange(20) + 100, logits, 10, 6


def judge_epoch(batches: Data, all_views: object, all_labels: object, _: object, batch_size: int, _seed: int) -> None:
    num_views, count = len(all_views), len(all_labels)
    expected_sizes = [min(batch_size, count - start) for start in range(0, count, batch_size)]
    keys = ("images", "labels", "teacher_logits")
    require_type(batches, list, "returns-no-list", "Return a list of dicts, one a batch.")
    for batch in batches:
        hint = f"Each batch is a dict with the keys {', '.join(keys)}, not {show(batch)}."
        require(isinstance(batch, dict) and set(batch) == set(keys), "wrong-keys", hint)
    sizes = [len(batch["labels"]) for batch in batches]
    full = [size for size in expected_sizes if size == batch_size]
    hint = f"{count - sum(full)} of {count} images are missing: the last batch is smaller."
    require(sizes != full or full == expected_sizes, "drops-the-last-batch", hint)
    images, labels, logits = (np.concatenate([batch[key] for batch in batches]) for key in keys)
    number, view = images.reshape(len(images), -1).astype(int).T
    hint = f"{len(set(number))} different images came in one epoch of {count} images: each must come once."
    require(len(number) == len(set(number)) == count, "draws-with-repetition", hint)
    require(sizes == expected_sizes, "wrong-batch-sizes", f"The batches have {sizes} images, not {expected_sizes}.")
    wrong = int((labels - 100 != number).sum())
    hint = f"{wrong} of {count} images came with the label of another image: index both with the same numbers."
    require(wrong == 0, "labels-from-another-order", hint)
    wrong = int((logits[:, 0] != number).sum())
    hint = f"{wrong} of {count} images came with the logits of another image. The cache is in the order of the images, "
    hint += "the batches are not: index it with the numbers of the images, not with their places in the batch."
    require(wrong == 0, "logits-from-another-order", hint)
    wrong, always = int((logits[:, 1] != view).sum()), len(set(logits[:, 1])) == 1
    hint = f"{wrong} of {count} images came with the logits of another view of the same image. "
    require(wrong == 0 or always, "draws-the-view-twice", hint + "Draw the view once, and use it for both.")
    require(wrong == 0, "logits-of-another-view", hint + "The teacher saw this image shifted or mirrored otherwise.")
    require(
        len(set(view)) > 1, "one-view-only", f"All {count} images came in view {view[0]}: draw a view for each image."
    )
    one_view = all(len(set(part)) == 1 for part in np.split(view, np.cumsum(sizes)[:-1]))
    require(
        not one_view, "one-view-a-batch", "All images of a batch came in the same view: draw a view for each image."
    )
    hint = f"The views that came are {sorted(map(int, set(view)))}, of {num_views}: torch.randint leaves its end out."
    require(len(set(view)) == num_views, "view-is-never-drawn", hint)
    hint = "The number of an image or its place decides its view: draw the view at random."
    turns = np.arange(count) % num_views
    require((view != number % num_views).any() and (view != turns).any(), "view-from-the-number", hint)
    require((number != np.arange(count)).any(), "not-shuffled", "The images came in their own order: shuffle them.")
    runs = [np.ptp(part) == len(part) - 1 for part in np.split(number, np.cumsum(sizes)[:-1])]
    hint = "Each batch holds neighbours, such as the images 0 to 11: shuffle all images, not those of a batch."
    require(not all(runs), "shuffles-inside-blocks", hint)


CASES = (
    Case("forty images in three views", inputs_forty, judge_epoch),
    Case("twenty images in two views", inputs_twenty, judge_epoch),
)
