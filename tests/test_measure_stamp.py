import importlib.metadata

import pytest

from labsupport import measure
from labsupport.measure import stamp

X86 = "processor\t: 0\nmodel name\t: Example CPU 9000\nflags\t\t: fpu sse avx2 avx512f amx_int8 avx_vnni fma\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp i8mm\n"


def test_instruction_sets_that_matter_in_a_fixed_order(monkeypatch):
    monkeypatch.setattr(stamp, "_cpuinfo", lambda: X86)
    machine = measure.machine()
    assert machine.cpu == "Example CPU 9000"
    assert machine.instruction_sets == ("avx2", "avx512f", "avx_vnni", "amx_int8")


def test_a_flag_is_matched_whole(monkeypatch):
    monkeypatch.setattr(stamp, "_cpuinfo", lambda: "model name : Old\nflags : sse avx avx2x xavx_vnni\n")
    assert measure.machine().instruction_sets == ()
    assert "Old, " in str(measure.machine())
    assert "no int8 instructions" in str(measure.machine())


def test_arm_has_no_model_name(monkeypatch):
    monkeypatch.setattr(stamp, "_cpuinfo", lambda: ARM)
    monkeypatch.setattr(stamp.platform, "processor", lambda: "")
    assert (measure.machine().cpu, measure.machine().instruction_sets) == ("unknown", ("asimddp", "i8mm"))


@pytest.mark.parametrize(
    ("cpuinfo", "identity"),
    [
        ("cpu family\t: 6\nmodel\t\t: 143\nmodel name\t: X\nstepping\t: 8\n", "family 6, model 143, stepping 8"),
        (
            "CPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n",
            "implementer 0x41, part 0xd0c, variant 0x3",
        ),
        (X86, "model unknown"),
        ("", "model unknown"),
    ],
)
def test_processors_of_one_name_are_told_apart(monkeypatch, cpuinfo, identity):
    monkeypatch.setattr(stamp, "_cpuinfo", lambda: cpuinfo)
    assert measure.machine().identity == identity


def test_other_systems_say_unknown(monkeypatch):
    monkeypatch.setattr(stamp, "_cpuinfo", lambda: "")
    monkeypatch.setattr(stamp.platform, "processor", lambda: "arm")
    monkeypatch.setattr(stamp.psutil, "cpu_count", lambda logical: None)
    machine = measure.machine()
    assert (machine.cpu, machine.instruction_sets) == ("arm", ("unknown",))
    assert machine.cores == machine.threads > 0


def test_this_machine():
    machine = measure.machine()
    assert machine.threads >= 1
    assert machine.cores >= 1
    assert list(machine.versions) == ["python", "torch", "onnx", "onnxruntime"]
    assert machine.versions["torch"] == importlib.metadata.version("torch")


REQUIREMENTS = [
    'torch==2.14.1; extra == "labs"',
    "onnx==1.0; extra == 'labs'",
    'ruff==0.1; extra == "dev"',
    "numpy>=1",
]


@pytest.mark.parametrize(
    ("installed", "warning"),
    [
        ({"torch": "2.14.1+cpu", "onnx": "1.0"}, ""),
        ({"torch": "2.14.1", "onnx": "1.1"}, "Not as pinned, results may differ: onnx 1.1 instead of 1.0."),
        (
            {"torch": "2.14.10"},
            "Not as pinned, results may differ: torch 2.14.10 instead of 2.14.1, onnx not installed instead of 1.0.",
        ),
    ],
)
def test_one_line_when_a_version_differs_from_its_pin(monkeypatch, installed, warning):
    def version(package):
        if package not in installed:
            raise importlib.metadata.PackageNotFoundError(package)
        return installed[package]

    monkeypatch.setattr(stamp.importlib.metadata, "requires", lambda _: REQUIREMENTS)
    monkeypatch.setattr(stamp.importlib.metadata, "version", version)
    machine = measure.machine()
    assert machine.pin_warning == warning
    assert str(machine).endswith(warning)
    assert str(machine).count("\n") == (2 if warning else 1)


def test_without_an_installed_labsupport_there_are_no_pins(monkeypatch):
    def requires(package):
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(stamp.importlib.metadata, "requires", requires)
    assert measure.machine().pin_warning == ""


def test_the_pins_are_found_in_the_real_metadata():
    names = {
        requirement.partition("==")[0] for requirement in stamp._requirements() if 'extra == "labs"' in requirement
    }
    assert {"torch", "onnx", "onnxruntime"} <= names
