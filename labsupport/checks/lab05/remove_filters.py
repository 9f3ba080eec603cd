"""Visible cases of remove_filters, lab 05."""

from collections.abc import Callable

from labsupport.checks.protocol import Case, Data, require


def drive_chain(remove_filters: Callable) -> Data:
    import torch
    from torch import nn

    torch.manual_seed(0)
    conv, norm, reader = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, padding=1)
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean):
            tensor.copy_(torch.randn(6))
        norm.running_var.copy_(torch.rand(6) + 0.5)
    full = nn.Sequential(conv, norm, nn.ReLU(), reader).eval()
    images, kept = torch.randn(2, 3, 5, 5), torch.tensor([0, 2, 5])
    with torch.no_grad():
        before = full(images)
        slim_conv, slim_norm, slim_reader = remove_filters(conv, norm, reader, kept)
        shapes = [list(layer.weight.shape) for layer in (slim_conv, slim_norm, slim_reader)]
        statistics = [len(slim_norm.running_mean), len(slim_norm.running_var)]
        numbers = [slim_conv.out_channels, slim_norm.num_features, slim_reader.in_channels]
        biases = [len(slim_conv.bias), len(slim_norm.bias), len(slim_reader.bias)]
        unchanged = torch.equal(before, full(images))
        fits = shapes == [[3, 3, 3, 3], [3], [4, 3, 3, 3]] and statistics == [3, 3] and biases == [3, 3, 4]
        removed = nn.Sequential(slim_conv, slim_norm, nn.ReLU(), slim_reader).eval()(images) if fits else before
        for tensor in (conv.weight, conv.bias, norm.weight, norm.bias) if unchanged else ():
            tensor[torch.tensor([1, 3, 4])] = 0
        masked = full(images)
    facts = {"shapes": shapes, "statistics": statistics, "numbers": numbers, "biases": biases, "unchanged": unchanged}
    return facts | {"difference": (masked - removed).abs().max().item()}


def judge_chain(facts: Data) -> None:
    require(facts["unchanged"], "changes-its-input", "The layers given were changed. Copy them first: copy.deepcopy.")
    conv, norm, reader = facts["shapes"]
    require(
        conv[0] != 6, "keeps-filters", "The convolution still has 6 filters: keep only the rows of its weight in kept."
    )
    require(conv[1] == 3, "cuts-inputs-too", "The convolution lost input channels. They belong to the layer before it.")
    require(
        reader[1] != 6, "forgets-next-inputs", "The next layer still reads 6 channels: cut dimension 1 of its weight."
    )
    require(
        reader[0] == 4, "cuts-next-outputs", "The next layer lost outputs. Cut its inputs, dimension 1 of the weight."
    )
    require(norm[0] != 6, "forgets-batch-norm", "Batch norm still scales 6 channels: cut its weight and bias.")
    require(facts["biases"][:2] == [3, 3], "forgets-bias", "A bias still has 6 numbers, one for each old channel.")
    require(
        facts["statistics"] == [3, 3],
        "stale-statistics",
        "running_mean or running_var of the batch norm still has 6 numbers: cut these buffers as well.",
    )
    require(
        facts["difference"] < 1e-5,
        "wrong-channels",
        f"Slim and masked layers differ by {facts['difference']:.2g}: did every tensor keep the same channels?",
    )
    numbers = f"out_channels, num_features and in_channels are {facts['numbers']}; the tensors have 3 channels."
    require(facts["numbers"] == [3, 3, 3], "stale-numbers", numbers)


CASES = (Case("convolution, batch norm and the next convolution", judge=judge_chain, driver=drive_chain),)
