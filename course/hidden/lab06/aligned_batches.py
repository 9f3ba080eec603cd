"""Hidden cases of aligned_batches, lab 06, and wrong answers to it."""

import numpy as np

from labsupport.checks.protocol import Case, require, require_close


def drive_epochs(aligned_batches):
    import torch

    views = torch.arange(60, dtype=torch.uint8).reshape(2, 30, 1, 1, 1)
    logits = torch.arange(120.0).reshape(2, 30, 2)
    epochs = [aligned_batches(views, torch.arange(30), logits, 30, seed) for seed in (1, 1, 2)]
    images = [torch.cat([batch["images"].flatten() for batch in batches]) for batches in epochs]
    return {"images": images, "logits": torch.cat([batch["teacher_logits"][:, 0] for batch in epochs[0]])}


def judge_epochs(data):
    first, again, other = data["images"]
    hint = "The same seed gave two different epochs: give your generator the seed, and draw everything from it."
    require(np.array_equal(first, again), "not-reproducible", hint)
    hint = "Seeds 1 and 2 gave the same epoch: give the seed to your generator."
    require(not np.array_equal(first, other), "ignores-the-seed", hint)
    hint = "Logits of another image or view."
    require_close(data["logits"], 2.0 * first, "logits-from-another-order", hint)


CASES = (Case("three epochs with two seeds", judge=judge_epochs, driver=drive_epochs),)

WRONG_ANSWERS = {
    "logits-from-another-order": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for start in range(0, len(labels), batch_size):
        chosen = order[start : start + batch_size]
        positions = torch.arange(start, start + len(chosen))
        logits = teacher_logits[view[chosen], positions]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "logits-of-another-view": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for chosen in order.split(batch_size):
        logits = teacher_logits[0, chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "labels-from-another-order": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for number, chosen in enumerate(order.split(batch_size)):
        part = labels[number * batch_size : number * batch_size + len(chosen)]
        logits = teacher_logits[view[chosen], chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": part, "teacher_logits": logits})
    return batches
""",
    "not-shuffled": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for chosen in torch.arange(len(labels)).split(batch_size):
        logits = teacher_logits[view[chosen], chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "one-view-only": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return [
        {"images": views[0, chosen], "labels": labels[chosen], "teacher_logits": teacher_logits[0, chosen]}
        for chosen in order.split(batch_size)
    ]
""",
    "drops-the-last-batch": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for number in range(len(labels) // batch_size):
        chosen = order[number * batch_size : (number + 1) * batch_size]
        logits = teacher_logits[view[chosen], chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "draws-with-repetition": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randint(len(labels), (len(labels),), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for chosen in order.split(batch_size):
        logits = teacher_logits[view[chosen], chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "draws-the-view-twice": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(seed)
    batches = []
    for chosen in torch.randperm(len(labels), generator=generator).split(batch_size):
        images = views[torch.randint(len(views), (len(chosen),), generator=generator), chosen]
        logits = teacher_logits[torch.randint(len(views), (len(chosen),), generator=generator), chosen]
        batches.append({"images": images, "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
    "ignores-the-seed": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for chosen in order.split(batch_size):
        logits = teacher_logits[view[chosen], chosen]
        batches.append({"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": logits})
    return batches
""",
}
