"""Hidden cases of aligned_batches, lab 06, and wrong answers to it."""

import numpy as np

from course.answers import edit
from labsupport.checks.protocol import Case, require, require_close, require_dtype


def drive_epochs(aligned_batches):
    import torch

    views = torch.arange(60, dtype=torch.uint8).reshape(2, 30, 1, 1, 1)
    logits = torch.arange(120.0).reshape(2, 30, 2)
    epochs = [aligned_batches(views, torch.arange(30), logits, 30, seed) for seed in (1, 1, 2, 3)]
    return [torch.cat([batch["images"].flatten() for batch in batches]) for batches in epochs]


def judge_epochs(epochs):
    first, again, *others = (epoch.astype(int) for epoch in epochs)
    hint = "The same seed gave two different epochs: give your generator the seed, and draw everything from it."
    require(np.array_equal(first, again), "not-reproducible", hint)
    for other in others:
        hint = "Two seeds gave the same epoch: give the seed to your generator."
        require(not np.array_equal(first, other), "ignores-the-seed", hint)
        hint = "Two seeds gave the same order: draw it from the generator that got the seed."
        require(not np.array_equal(first % 30, other % 30), "ignores-the-seed", hint)
        view, other_view = (sorted(zip(epoch % 30, epoch // 30, strict=True)) for epoch in (first, other))
        places = np.array_equal(first // 30, other // 30)
        hint = "Two seeds gave the same views: draw them from the generator that got the seed."
        require(view != other_view and not places, "ignores-the-seed", hint)


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    num_views, count, num_classes = 1 + seed % 4, 1 + 13 * seed, 2 + seed % 3
    views = torch.randint(256, (num_views, count, 2, 3, 4), generator=generator, dtype=torch.uint8)
    labels = torch.randint(num_classes, (count,), generator=generator)
    return views, labels, torch.randn(num_views, count, num_classes, generator=generator), 1 + seed % 7, 100 + seed


def judge_drawn(batches, views, labels, teacher_logits, batch_size, seed):
    sizes = [len(batch["labels"]) for batch in batches]
    expected = [min(batch_size, len(labels) - start) for start in range(0, len(labels), batch_size)]
    require(sizes == expected, "wrong-batch-sizes", f"The batches have {sizes} images, not {expected}.")
    places = {image.tobytes(): place for place, image in np.ndenumerate(_rows(views.numpy()))}
    seen = []
    for batch in batches:
        require_dtype(batch["images"], "uint8", "wrong-dtype", "The images keep their type.")
        found = [places.get(image.tobytes()) for image in batch["images"]]
        require(None not in found, "wrong-images", "An image came back that is none of the views.")
        seen += [number for _, number in found]
        expected = [labels[number].item() for _, number in found]
        require_close(batch["labels"], expected, "labels-from-another-order", "Labels of other images.", rtol=0)
        expected = np.stack([teacher_logits[key].numpy() for key in found])
        require_close(
            batch["teacher_logits"], expected, "logits-from-another-order", "Logits of another image or view."
        )
    require(sorted(seen) == list(range(len(labels))), "draws-with-repetition", "Each image must come once.")


def _rows(views):
    """Return the images as an object array (num_views, N)."""
    rows = np.empty(views.shape[:2], object)
    for place in np.ndindex(*rows.shape):
        rows[place] = views[place]
    return rows


CASES = (
    Case("four epochs of thirty images", judge=judge_epochs, driver=drive_epochs),
    Case("other sizes", inputs_drawn, judge_drawn, seeds=7),
)

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
    "one-view-a-batch": edit(
        "    for chosen in order.split(batch_size):\n        key = view[chosen], chosen",
        "    for chosen in order.split(batch_size):\n        key = view[chosen[:1]].expand(len(chosen)), chosen",
    ),
    "view-is-never-drawn": edit(
        "torch.randint(len(views), (len(labels),), generator=generator)",
        "torch.randint(len(views) - 1, (len(labels),), generator=generator)",
    ),
    "view-from-the-number": edit(
        "torch.randint(len(views), (len(labels),), generator=generator)", "torch.arange(len(labels)) % len(views)"
    ),
    "view-from-the-number, place": edit(
        "view = torch.randint(len(views), (len(labels),), generator=generator)",
        "view = torch.empty_like(order)\n    view[order] = torch.arange(len(labels)) % len(views)",
    ),
    "shuffles-inside-blocks": edit(
        "order = torch.randperm(len(labels), generator=generator)",
        "order = torch.cat([b[torch.randperm(len(b), generator=generator)] for b in "
        "torch.arange(len(labels)).split(batch_size)])",
    ),
    "shuffles-inside-blocks, batches shuffled": edit(
        "order = torch.randperm(len(labels), generator=generator)",
        "order = torch.arange(len(labels))",
        "    return batches",
        "    return [batches[i] for i in torch.randperm(len(batches), generator=generator)]",
    ),
    "not-reproducible, draws without its seed": edit(
        "generator = torch.Generator().manual_seed(seed)", "generator = torch.Generator()\n    generator.seed()"
    ),
    "ignores-the-seed, order only": edit(
        "order = torch.randperm(len(labels), generator=generator)",
        "order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))",
    ),
    "ignores-the-seed, views only": edit(
        "view = torch.randint(len(views), (len(labels),), generator=generator)",
        "view = torch.randint(len(views), (len(labels),), generator=torch.Generator().manual_seed(0))",
    ),
    "wrong-dtype": edit('"images": views[key]', '"images": views[key].float()'),
    "ignores-the-seed, parity of seed": edit("manual_seed(seed)", "manual_seed(seed % 2)"),
    "changes-its-argument": edit("    order =", "    labels[:] = labels.clone().add(1)\n    order ="),
}

READERS_WRONG_ANSWERS = {
    "logits-from-another-order, logits not shuffled": """
def aligned_batches(
    views: Tensor, labels: Tensor, teacher_logits: Tensor, batch_size: int, seed: int
) -> list[dict]:
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for step, chosen in enumerate(order.split(batch_size)):
        places = step * batch_size + torch.arange(len(chosen))
        cached = teacher_logits[view[chosen], places]
        batches.append(
            {"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": cached}
        )
    return batches
""",
    "logits-of-another-view, logits of first view": """
def aligned_batches(
    views: Tensor, labels: Tensor, teacher_logits: Tensor, batch_size: int, seed: int
) -> list[dict]:
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for chosen in order.split(batch_size):
        cached = teacher_logits[0, chosen]
        batches.append(
            {"images": views[view[chosen], chosen], "labels": labels[chosen], "teacher_logits": cached}
        )
    return batches
""",
    "drops-the-last-batch, last batch dropped": """
def aligned_batches(
    views: Tensor, labels: Tensor, teacher_logits: Tensor, batch_size: int, seed: int
) -> list[dict]:
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    view = torch.randint(len(views), (len(labels),), generator=generator)
    batches = []
    for step in range(len(labels) // batch_size):
        chosen = order[step * batch_size : (step + 1) * batch_size]
        drawn = view[chosen]
        batches.append(
            {
                "images": views[drawn, chosen],
                "labels": labels[chosen],
                "teacher_logits": teacher_logits[drawn, chosen],
            }
        )
    return batches
""",
}

RIGHT_ANSWERS = {
    "numpy draws": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    import numpy
    rng = numpy.random.default_rng(seed)
    order = torch.from_numpy(rng.permutation(len(labels)))
    view = torch.from_numpy(rng.integers(0, len(views), len(labels)))
    batches = []
    for start in range(0, len(labels), batch_size):
        a, b = view[start:start + batch_size], order[start:start + batch_size]
        batches.append({'labels': labels[b], 'images': views[a, b], 'teacher_logits': teacher_logits[a, b]})
    return batches
""",
    "image by image": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    import random
    rng = random.Random(seed)
    order = list(range(len(labels)))
    rng.shuffle(order)
    batches = []
    while order:
        chosen, order = order[:batch_size], order[batch_size:]
        picks = [(rng.randrange(len(views)), i) for i in chosen]
        batch = {'images': torch.stack([views[pick] for pick in picks]), 'labels': labels[torch.tensor(chosen)]}
        batches.append({**batch, 'teacher_logits': torch.stack([teacher_logits[pick] for pick in picks])})
    return batches
""",
    "global seed": """
def aligned_batches(views, labels, teacher_logits, batch_size, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(labels))
    view = torch.randint(0, views.shape[0], (len(labels),))
    images, logits = views[view, torch.arange(len(labels))], teacher_logits[view, torch.arange(len(labels))]
    parts = torch.split(order, batch_size)
    return [{'images': images[c], 'labels': labels[c], 'teacher_logits': logits[c]} for c in parts]
""",
}
