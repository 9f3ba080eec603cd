"""Answers to lab 06 that people give, each under the mistake that must be found."""

WRONG_ANSWERS = {
    "soften": {
        "softmax-over-the-batch": """
def soften(logits, temperature):
    return torch.softmax(logits / temperature, dim=0)
""",
        "multiplies-by-temperature": """
def soften(logits, temperature):
    return torch.softmax(logits * temperature, dim=1)
""",
        "forgets-temperature": """
def soften(logits, temperature):
    return torch.softmax(logits, dim=1)
""",
        "divides-after-softmax": """
def soften(logits, temperature):
    return torch.softmax(logits, dim=1) / temperature
""",
        "overflows": """
def soften(logits, temperature):
    powers = (logits / temperature).exp()
    return powers / powers.sum(dim=1, keepdim=True)
""",
        "returns-log-probabilities": """
def soften(logits, temperature):
    return torch.log_softmax(logits / temperature, dim=1)
""",
        "changes-its-input": """
def soften(logits, temperature):
    logits /= temperature
    return torch.softmax(logits, dim=1)
""",
        "softens-probabilities": """
def soften(logits, temperature):
    return torch.softmax(torch.softmax(logits, dim=1) / temperature, dim=1)
""",
    },
    "kl-term": {
        "kl-swapped": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(student_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(teacher_logits / temperature, dim=1), p, reduction="batchmean")
""",
        "probabilities-for-log-probabilities": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
        "softmax-over-the-batch": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=0)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=0), p, reduction="batchmean")
""",
        "mean-for-batchmean": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="mean")
""",
        "sums-over-the-batch": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="sum")
""",
        "temperature-on-the-student-only": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
        "temperature-on-the-teacher-only": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits, dim=1), p, reduction="batchmean")
""",
        "forgets-temperature": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits, dim=1)
    return F.kl_div(F.log_softmax(student_logits, dim=1), p, reduction="batchmean")
""",
        "leaves-entropy-out": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.cross_entropy(student_logits / temperature, p)
""",
        "squares-too-early": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return temperature**2 * F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
""",
        "log-of-zero": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    q = F.softmax(student_logits / temperature, dim=1)
    return (p * (p.log() - q.log())).sum(dim=1).mean()
""",
        "keeps-one-value-an-image": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="none").sum(dim=1)
""",
        "cuts-the-gradient": """
def kl_term(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits / temperature, dim=1)
    q = F.log_softmax(student_logits / temperature, dim=1)
    return F.kl_div(q, p, reduction="batchmean").detach()
""",
    },
    "distillation-loss": {
        "no-t-squared": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "t-once": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * temperature * soft
""",
        "weights-swapped": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return (1 - task_loss_weight) * F.cross_entropy(student_logits, labels) + task_loss_weight * soft
""",
        "squares-the-whole-loss": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean")
    task = F.cross_entropy(student_logits, labels)
    return temperature**2 * (task_loss_weight * task + (1 - task_loss_weight) * soft)
""",
        "temperature-in-the-task-loss": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    student_logits, teacher_logits = student_logits / temperature, teacher_logits / temperature
    soft = F.kl_div(student_logits.log_softmax(1), teacher_logits.softmax(1), reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "probabilities-into-cross-entropy": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    task = F.cross_entropy(F.softmax(student_logits, dim=1), labels)
    return task_loss_weight * task + (1 - task_loss_weight) * soft
""",
        "kl-swapped": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(student_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(teacher_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "probabilities-for-log-probabilities": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "mean-for-batchmean": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="mean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "temperature-on-the-student-only": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return task_loss_weight * F.cross_entropy(student_logits, labels) + (1 - task_loss_weight) * soft
""",
        "forgets-the-weights": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    return F.cross_entropy(student_logits, labels) + soft
""",
        "labels-from-the-teacher": """
def distillation_loss(student_logits, teacher_logits, labels, temperature, task_loss_weight):
    p = F.softmax(teacher_logits / temperature, dim=1)
    soft = F.kl_div(F.log_softmax(student_logits / temperature, dim=1), p, reduction="batchmean") * temperature**2
    task = F.cross_entropy(student_logits, teacher_logits.argmax(1))
    return task_loss_weight * task + (1 - task_loss_weight) * soft
""",
    },
    "frozen-logits": {
        "teacher-in-train-mode": """
def frozen_logits(teacher, images, batch_size):
    with torch.no_grad():
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
        "keeps-gradients": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
        "another-order": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    images = images[torch.randperm(len(images), generator=torch.Generator().manual_seed(0))]
    with torch.no_grad():
        return torch.cat([teacher(batch) for batch in images.split(batch_size)])
""",
        "drops-the-last-batch": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        starts = range(0, len(images) - batch_size + 1, batch_size)
        return torch.cat([teacher(images[start : start + batch_size]) for start in starts])
""",
        "returns-probabilities": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        return torch.cat([teacher(batch).softmax(1) for batch in images.split(batch_size)])
""",
        "returns-classes": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        return torch.cat([teacher(batch).argmax(1) for batch in images.split(batch_size)])
""",
        "one-large-batch": """
def frozen_logits(teacher, images, batch_size):
    with torch.no_grad():
        return teacher.eval()(images)
""",
        "only-the-last-batch": """
def frozen_logits(teacher, images, batch_size):
    teacher.eval()
    with torch.no_grad():
        for batch in images.split(batch_size):
            logits = teacher(batch)
    return logits
""",
    },
    "aligned-batches": {
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
    },
    "gap-recovered": {
        "control-with-fewer-epochs": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs // 2, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "one-control-for-all": """
def gap_recovered(bench, num_epochs, seeds):
    control = bench.train(seeds[0], num_epochs, distilled=False)
    gains = [bench.train(seed, num_epochs, distilled=True) - control for seed in seeds]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - control)
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "sorts-before-pairing": """
def gap_recovered(bench, num_epochs, seeds):
    plain = sorted(bench.train(seed, num_epochs, distilled=False) for seed in seeds)
    distilled = sorted(bench.train(seed, num_epochs, distilled=True) for seed in seeds)
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "share-of-the-teacher": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(distilled) / bench.teacher_accuracy()
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "divides-by-the-teacher": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / bench.teacher_accuracy()
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "gap-that-is-left": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(distilled))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "best-seed": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = (max(distilled) - max(plain)) / (bench.teacher_accuracy() - max(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
        "spread-divides-by-n": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.pstdev(gains), "recovered": recovered}
""",
        "spread-of-the-students": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [after - before for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(distilled), "recovered": recovered}
""",
        "gains-upside-down": """
def gap_recovered(bench, num_epochs, seeds):
    plain = [bench.train(seed, num_epochs, distilled=False) for seed in seeds]
    distilled = [bench.train(seed, num_epochs, distilled=True) for seed in seeds]
    gains = [before - after for before, after in zip(plain, distilled)]
    recovered = statistics.mean(gains) / (bench.teacher_accuracy() - statistics.mean(plain))
    return {"gains": gains, "spread": statistics.stdev(gains), "recovered": recovered}
""",
    },
    "bootstrap-interval": {
        "resamples-the-two-apart": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    generator = torch.Generator().manual_seed(seed)
    shape = (num_resamples, len(plain_correct))
    plain = plain_correct.double()[torch.randint(shape[1], shape, generator=generator)].mean(1)
    distilled = distilled_correct.double()[torch.randint(shape[1], shape, generator=generator)].mean(1)
    low, high = (distilled - plain).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    gain = (distilled_correct.double().mean() - plain_correct.double().mean()).item()
    return {"gain": gain, "low": low, "high": high}
""",
        "draws-without-replacement": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    gains = [difference[torch.randperm(len(difference), generator=generator)].mean() for _ in range(num_resamples)]
    low, high = torch.stack(gains).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "other-percentiles": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.05, 0.95], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "one-standard-error": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    gain, error = difference.mean().item(), difference[draws].mean(1).std().item()
    return {"gain": gain, "low": gain - error, "high": gain + error}
""",
        "spread-of-single-images": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    low, high = difference.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "gain-upside-down": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = plain_correct.double() - distilled_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "resample-is-smaller": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference) // 10), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "only-where-they-differ": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = (distilled_correct.double() - plain_correct.double())[distilled_correct != plain_correct]
    generator = torch.Generator().manual_seed(seed)
    draws = torch.randint(len(difference), (num_resamples, len(difference)), generator=generator)
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
        "ignores-the-seed": """
def bootstrap_interval(plain_correct, distilled_correct, num_resamples, seed):
    difference = distilled_correct.double() - plain_correct.double()
    draws = torch.randint(len(difference), (num_resamples, len(difference)))
    low, high = difference[draws].mean(1).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return {"gain": difference.mean().item(), "low": low, "high": high}
""",
    },
}
