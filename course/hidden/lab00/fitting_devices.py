"""Hidden cases of fitting_devices, lab 00, and answers to it."""

from course.answers import edit
from labsupport.checks.protocol import Case, require


def inputs_nothing() -> tuple:
    return 5, 5, []


def judge_nothing(names):
    require(names == [], "wrong-devices", "No devices, no names.")


def inputs_no_weights() -> tuple:
    return (
        0,
        64,
        [
            {"device": "b", "flash_bytes": 0, "ram_bytes": 64, "runs_from_flash": True},
            {"device": "a", "flash_bytes": 0, "ram_bytes": 63, "runs_from_flash": False},
            {"device": "c", "flash_bytes": 9, "ram_bytes": 64, "runs_from_flash": False},
        ],
    )


def judge_no_weights(names):
    require(names == ["b", "c"], "wrong-devices", "Without weights the peak alone counts.")


def inputs_drawn(seed: int) -> tuple:
    import random

    draw = random.Random(seed)
    devices = [
        {
            "ram_bytes": draw.choice((40, 50, 90, 100, 140)),
            "device": f"device {draw.randrange(1000)}-{number}",
            "runs_from_flash": draw.random() < 0.5,
            "flash_bytes": draw.choice((40, 50, 90, 100)),
        }
        for number in range(draw.randrange(1, 8))
    ]
    return draw.choice((40, 50, 90)), draw.choice((40, 50)), devices


def judge_drawn(names, weight_bytes, peak_bytes, devices):
    import pandas as pd

    table = pd.DataFrame(devices)
    in_ram = weight_bytes * (1 - table.runs_from_flash.astype(int)) + peak_bytes
    fits = (table.flash_bytes - weight_bytes >= 0) & (table.ram_bytes - in_ram >= 0)
    require(names == table.device[fits].tolist(), "wrong-devices", f"{len(devices)} devices.")


CASES = (
    Case("no devices", inputs_nothing, judge_nothing),
    Case("no weights", inputs_no_weights, judge_no_weights),
    Case("drawn devices", inputs_drawn, judge_drawn, seeds=20),
)

RAM = 'peak_bytes if device["runs_from_flash"] else weight_bytes + peak_bytes'

WRONG_ANSWERS = {
    "forgets-weights-in-ram": edit(RAM, "peak_bytes"),
    "always-both-in-ram": edit(RAM, "weight_bytes + peak_bytes"),
    "ignores-flash": edit('weight_bytes <= device["flash_bytes"] and ', ""),
    "refuses-an-exact-fit": edit(
        'weight_bytes <= device["flash_bytes"]',
        'weight_bytes < device["flash_bytes"]',
        'ram_bytes <= device["ram_bytes"]',
        'ram_bytes < device["ram_bytes"]',
    ),
    "refuses-an-exact-fit, RAM alone": edit('ram_bytes <= device["ram_bytes"]', 'ram_bytes < device["ram_bytes"]'),
    "names-those-that-do-not-fit": edit("if fits(device)]", "if not fits(device)]"),
    "wrong-devices, the kinds swapped": edit('if device["runs_from_flash"]', 'if not device["runs_from_flash"]'),
    "wrong-devices, either limit": edit("] and ram", "] or ram"),
    "another-order": edit(
        'return [device["device"] for device in devices', 'return [device["device"] for device in devices[::-1]'
    ),
    "returns-no-names": edit('return [device["device"] for', "return [device for"),
    "returns-no-list": edit(
        'return [device["device"] for device in devices if fits(device)]', "return sum(map(fits, devices))"
    ),
    "wrong-devices, the first only": edit("if fits(device)]", "if fits(device)][:1]"),
    "changes-its-argument": edit(
        f"ram_bytes = {RAM}",
        'device["ram_bytes"] -= 0 if device["runs_from_flash"] else weight_bytes\n        ram_bytes = peak_bytes',
    ),
}

READERS_WRONG_ANSWERS = {
    "wrong-devices, flash devices first": """
def fitting_devices(weight_bytes: int, peak_bytes: int, devices: list[dict]) -> list[str]:
    enough_flash = [device for device in devices if device["flash_bytes"] >= weight_bytes]
    from_flash = [
        device["device"]
        for device in enough_flash
        if device["runs_from_flash"] and device["ram_bytes"] >= peak_bytes
    ]
    from_ram = [
        device["device"]
        for device in enough_flash
        if not device["runs_from_flash"] and device["ram_bytes"] >= weight_bytes + peak_bytes
    ]
    return from_flash + from_ram
""",
    "refuses-an-exact-fit, full memory refused": """
def fitting_devices(weight_bytes: int, peak_bytes: int, devices: list[dict]) -> list[str]:
    names = []
    for device in devices:
        needed = peak_bytes if device["runs_from_flash"] else weight_bytes + peak_bytes
        if weight_bytes < device["flash_bytes"] and needed < device["ram_bytes"]:
            names.append(device["device"])
    return names
""",
    "always-both-in-ram, runs from flash ignored": """
def fitting_devices(weight_bytes: int, peak_bytes: int, devices: list[dict]) -> list[str]:
    needed = weight_bytes + peak_bytes
    return [
        device["device"]
        for device in devices
        if weight_bytes <= device["flash_bytes"] and needed <= device["ram_bytes"]
    ]
""",
}

RIGHT_ANSWERS = {
    "pandas": """
def fitting_devices(weight_bytes, peak_bytes, devices):
    if not devices:
        return []
    table = pd.DataFrame(devices)
    left = table.ram_bytes - peak_bytes - weight_bytes * ~table.runs_from_flash
    return table[(table.flash_bytes >= weight_bytes) & (left >= 0)].device.tolist()
""",
    "what is left": """
def fitting_devices(weight_bytes, peak_bytes, devices):
    def left(device):
        ram = device["ram_bytes"] - peak_bytes - (0 if device["runs_from_flash"] else weight_bytes)
        return min(ram, device["flash_bytes"] - weight_bytes)

    return [device["device"] for device in devices if left(device) >= 0]
""",
    "a generator": """
def fitting_devices(weight_bytes, peak_bytes, devices):
    def names():
        for one in devices:
            if weight_bytes > one["flash_bytes"]:
                continue
            if one["runs_from_flash"] and peak_bytes > one["ram_bytes"]:
                continue
            if not one["runs_from_flash"] and weight_bytes + peak_bytes > one["ram_bytes"]:
                continue
            yield one["device"]

    return list(names())
""",
}
