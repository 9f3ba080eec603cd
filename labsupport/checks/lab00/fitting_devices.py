"""Visible cases of fitting_devices, lab 00."""

from labsupport.checks.protocol import Case, Data, require, require_type


def inputs_both_kinds() -> tuple:
    devices = [
        {"device": "small", "flash_bytes": 1000, "ram_bytes": 200, "runs_from_flash": True},
        {"device": "large", "flash_bytes": 9000, "ram_bytes": 1100, "runs_from_flash": False},
        {"device": "little flash", "flash_bytes": 800, "ram_bytes": 5000, "runs_from_flash": False},
        {"device": "little RAM", "flash_bytes": 4000, "ram_bytes": 120, "runs_from_flash": True},
        {"device": "wide", "flash_bytes": 1500, "ram_bytes": 960, "runs_from_flash": False},
    ]
    return 900, 150, devices


def inputs_to_the_byte() -> tuple:
    devices = [
        {"device": "exact flash", "flash_bytes": 640, "ram_bytes": 70, "runs_from_flash": True},
        {"device": "one byte less", "flash_bytes": 639, "ram_bytes": 70, "runs_from_flash": True},
        {"device": "exact sum", "flash_bytes": 700, "ram_bytes": 710, "runs_from_flash": False},
        {"device": "exact peak", "flash_bytes": 700, "ram_bytes": 70, "runs_from_flash": False},
    ]
    return 640, 70, devices


def judge_names(names: Data, weight_bytes: int, peak_bytes: int, devices: list[dict]) -> None:
    require_type(names, list, "returns-no-list", "Return a list of names.")
    hint = f"Got {names}. Return the names, `device`, as strings."
    require(all(isinstance(name, str) for name in names), "returns-no-names", hint)

    def those(fits: object) -> list[str]:
        return [one["device"] for one in devices if fits(one)]

    def ram(one: dict) -> int:
        return peak_bytes if one["runs_from_flash"] else weight_bytes + peak_bytes

    right = those(lambda one: weight_bytes <= one["flash_bytes"] and ram(one) <= one["ram_bytes"])
    known = {
        "forgets-weights-in-ram": (
            those(lambda one: weight_bytes <= one["flash_bytes"] and peak_bytes <= one["ram_bytes"]),
            "Where the weights do not run from flash, RAM must hold them beside the activations.",
        ),
        "always-both-in-ram": (
            those(lambda one: weight_bytes <= one["flash_bytes"] and weight_bytes + peak_bytes <= one["ram_bytes"]),
            "A device that runs from flash reads the weights there: its RAM holds activations alone.",
        ),
        "ignores-flash": (
            those(lambda one: ram(one) <= one["ram_bytes"]),
            "The weights must fit into the flash memory of every device.",
        ),
        "refuses-an-exact-fit": (
            those(lambda one: weight_bytes < one["flash_bytes"] and ram(one) < one["ram_bytes"]),
            "What fills a memory to the last byte fits.",
        ),
        "names-those-that-do-not-fit": (
            [one["device"] for one in devices if one["device"] not in right],
            "These are the devices on which it does not fit.",
        ),
        "another-order": (
            [name for name in names if name not in right] or (names if sorted(names) == sorted(right) else None),
            "These are the right devices in another order. Keep the order of `devices`.",
        ),
    }
    for mistake, (wrong, hint) in known.items():
        if wrong != right:
            require(names != wrong, mistake, hint)
    require(names == right, "wrong-devices", f"Got {names}, expected {right}.")


CASES = (
    Case("five devices of both kinds", inputs_both_kinds, judge_names),
    Case("filled to the last byte", inputs_to_the_byte, judge_names),
)
