"""Visible cases of aligned_batches, lab 06."""

import numpy as np

from labsupport.checks.protocol import Case, Data, require, require_type, show


def inputs_forty() -> tuple:
    import torch

    number, view = torch.arange(40).expand(3, 40), torch.arange(3)[:, None].expand(3, 40)
    views = torch.stack([number, view], dim=2).to(torch.uint8).reshape(3, 40, 2, 1, 1)
    logits = torch.stack([number, view, torch.zeros_like(view)], dim=2).float()
    return views, torch.arange(40) + 100, logits, 12, 0


def judge_forty(batches: Data) -> None:
    keys = ("images", "labels", "teacher_logits")
    require_type(batches, list, "returns-no-list", "Return a list of dicts, one a batch.")
    for batch in batches:
        hint = f"Each batch is a dict with the keys {', '.join(keys)}, not {show(batch)}."
        require(isinstance(batch, dict) and set(batch) == set(keys), "wrong-keys", hint)
    sizes = [len(batch["labels"]) for batch in batches]
    require(sizes != [12, 12, 12], "drops-the-last-batch", "Four of 40 images are missing: the last batch is smaller.")
    images, labels, logits = (np.concatenate([batch[key] for batch in batches]) for key in keys)
    number, view = images.reshape(len(images), -1).astype(int).T
    hint = f"{len(set(number))} different images came in one epoch of 40 images: each must come once."
    require(len(number) == len(set(number)) == 40, "draws-with-repetition", hint)
    require(sizes == [12, 12, 12, 4], "wrong-batch-sizes", f"The batches have {sizes} images, not 12, 12, 12 and 4.")
    wrong = int((labels - 100 != number).sum())
    hint = f"{wrong} of 40 images came with the label of another image: index images and labels with the same numbers."
    require(wrong == 0, "labels-from-another-order", hint)
    wrong = int((logits[:, 0] != number).sum())
    hint = f"{wrong} of 40 images came with the logits of another image. The cache is in the order of the images, the "
    hint += "batches are not: index it with the numbers of the images, not with their places in the batch."
    require(wrong == 0, "logits-from-another-order", hint)
    wrong, always = int((logits[:, 1] != view).sum()), len(set(logits[:, 1])) == 1
    hint = f"{wrong} of 40 images came with the logits of another view of the same image. "
    require(wrong == 0 or always, "draws-the-view-twice", hint + "Draw the view once, and use it for both.")
    require(wrong == 0, "logits-of-another-view", hint + "The teacher saw this image shifted or mirrored otherwise.")
    require(len(set(view)) > 1, "one-view-only", f"All 40 images came in view {view[0]}: draw a view for each image.")
    require((number != np.arange(40)).any(), "not-shuffled", "The images came in their own order: shuffle them.")


CASES = (Case("forty images", inputs_forty, judge_forty),)
