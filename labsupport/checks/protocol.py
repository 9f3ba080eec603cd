"""How an exercise is checked: the student's function is called with a case's inputs, a judge looks at what came back.

The two are kept apart so that the same case serves the notebook and grading. In the notebook both run side by side. In
grading only the source of the inputs goes to the place where the student's code runs; the result comes back as bytes
(`labsupport.checks.wire`), and the judge, which the student's code can never reach, runs elsewhere, with inputs of its
own that it makes from the same source.

The whole of `labsupport/checks/lab01/quantize_affine.py`, the visible cases of one exercise:

    \"\"\"Visible cases of quantize_affine, lab 01.\"\"\"

    from labsupport.checks.protocol import Case, Data, require, require_close, require_dtype


    def inputs_five_values() -> tuple:
        import torch  # inputs import what they need: only their own source is sent to grading

        return torch.tensor([-1.0, -0.264, 0.0, 0.5, 3.0]), 0.01, 0


    def judge_five_values(steps: Data) -> None:
        # Tensors arrive as numpy arrays, tuples as lists. None, or a type that is no plain data, never gets here.
        require_dtype(steps, "int8", "keeps-float", "The result must be stored as int8: change the type at the end.")
        require(
            steps[-1] != 44,
            "casts-before-clamp",
            "3.0 at scale 0.01 became 44, not 127. Values past the end of the grid must stop there, not wrap around: "
            "clamp before you change the type.",
        )
        require_close(steps, [-100, -26, 0, 50, 127], "wrong-steps", "Divide by the scale, round, add the zero point.")


    CASES = (Case("five values at scale 0.01", inputs_five_values, judge_five_values),)

The file is named after the function. In the notebook the cell `quantize-affine-check` holds `check(quantize_affine)`.
Beside it, for grading and for the proofs that the check is sound:

    # course/hidden/lab01/quantize_affine.py: more cases of the same form, and answers that people give
    CASES = (Case("no values", inputs_empty, judge_empty),)
    WRONG_ANSWERS = {"casts-before-clamp": edit(".clamp(-128, 127).to(torch.int8)", ".to(torch.int8).clamp(-128, 127)")}

What keeps an exercise sound:

- Inputs are a plain `def` that returns a tuple, the arguments of one call; it gets the seed where the case has `seeds`,
  else nothing. It uses no name from its module and draws no unseeded random numbers.
- Each case with inputs is put a second time, in another memory layout and under another global seed. No argument may
  change but those that `changes` names.
- Where one call is not enough (a fake clock, a bench that watches, a model to be trained), a case has a driver instead:
  a plain `def` that gets the student's function, calls it, and returns what came back, untouched: arithmetic on a
  wrong type would fail before any hint. A case may have both; the driver then gets the inputs after the function.
- Where the answer is a program in another language, the function returns its text. `then`, a plain `def` too, builds
  and runs it: it gets the text and the inputs, and its result goes to the judge.
- A judge gets the result, and the inputs after it where its signature asks for them. It writes down or recomputes what
  it expects, and imports no solution. It never takes an input from the driver's result: the student's function may
  have changed it.
- First ask for the mistakes people make, each with its slug and a hint that says what happened and what to do; then
  compare. `reject` does so for the numbers that known mistakes lead to. A slug is a short phrase in lower case with
  hyphens. A judge that has recognised a mistake goes on: all visible cases are heard before `mistake_in` names one.
- numpy has no bfloat16 or float8. A driver that expects them returns `x.float()` and `str(x.dtype)`.

This module needs the standard library and numpy alone, so that it can stand beside a student's code in grading.
"""

import contextlib
import contextvars
import dataclasses
import functools
import inspect
import linecache
import re
import reprlib
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labsupport import shown
from labsupport.checks import repeats, unchanged

Data = Any
"""Plain data: numpy arrays, numbers, strings, and lists and dicts of those."""

MAX_DEPTH = 20
MAX_HINT = 2000
MAX_ERROR = 300
"""Characters of a hint about an error that the student's function raised."""
NOT_HERE = "not-on-this-machine"
"""The slug of a case that a program is missing for; a notebook says so, and is not stopped."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
ARRAY_KINDS = "biuf"


class CheckFailed(AssertionError):  # noqa: N818 - the name a student reads
    """A case found a mistake: its slug, and a hint that says what happened and what to do.

    A hint may quote the student's data: it is cut after MAX_HINT characters, and nothing in it acts on a terminal.
    """

    def __init__(self, mistake: str, hint: str) -> None:
        if not _SLUG.fullmatch(mistake):
            raise ValueError(f"{mistake!r} is no slug: lower case letters, digits and single hyphens")
        hint = shown.lines(hint[:MAX_HINT])[:MAX_HINT]
        super().__init__(mistake, hint)
        self.mistake = mistake
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.hint}  [{self.mistake}]"

    def _render_traceback_(self) -> list[str]:
        """Show the hint alone in Jupyter: the frames of a check teach nothing."""
        return [f"CheckFailed: {self}"]


@dataclass(frozen=True)
class Case:
    """One question put to an exercise, and the judge of the answer.

    Attributes:
        name: a few words that a student reads.
        inputs: returns the arguments of the call, a tuple, new ones each time; None where the driver makes its own.
        judge: gets the result as plain data, then the inputs where it has parameters for them.
        driver: calls the student's function, its first argument, in another way than once with the inputs.
        seeds: how many times to put the case, with `inputs(seed)` for the seeds 0, 1, ...; 0 for once, with `inputs()`.
        new: the text asks for something new: what comes back may share no memory with an argument.
        gradient: the parameters through which a gradient must flow; they are tensors, and the result is one.
        changes: the parameters whose arguments the function is asked to change; it must leave all others as they were.
        then: goes on with the result, plain data, and the inputs after it; what it returns is for the judge. It may
            start a compiler, which the place where a student's function runs must not.
    """

    name: str
    inputs: Callable[..., tuple] | None = None
    judge: Callable[..., None] | None = None
    driver: Callable[..., Data] | None = None
    seeds: int = 0
    new: bool = False
    gradient: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    then: Callable[..., Data] | None = None


@dataclass
class Heard:
    """What a judge said of one answer.

    Attributes:
        asked: the mistakes that the judge knows and looked for.
        recognised: those that it saw, by slug, in its order.
        differs: what is wrong without a name: a value, a shape, a type, an error; None where nothing is.
    """

    asked: set[str] = field(default_factory=set)
    recognised: dict[str, CheckFailed] = field(default_factory=dict)
    differs: CheckFailed | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether the answer is."""
        return bool(self.recognised) or self.differs is not None


_hearing: contextvars.ContextVar[Heard | None] = contextvars.ContextVar("hearing", default=None)


@dataclass(frozen=True)
class Exercise:
    """The function that a student writes, and the cases put to it."""

    function: str
    cases: tuple[Case, ...]

    @property
    def grade_id(self) -> str:
        """The id of the exercise's cell: the function's name with hyphens."""
        return slug_of(self.function)


def exercise_in(module: object, stem: str) -> Exercise:
    """Return the exercise of a file of visible or hidden cases.

    A file is named after its function. Where students write a class, the file has the class's name in lower case with
    underscores, and says it: `CLASS = "FoldBatchNorm"` in `fold_batch_norm.py`.
    """
    return Exercise(getattr(module, "CLASS", stem), module.CASES)


def slug_of(function: str) -> str:
    """Return a function's or a class's name as a slug: `fold_batch_norm` and `FoldBatchNorm` as `fold-batch-norm`."""
    return "-".join(_WORD.findall(function)).lower()


def put_cases(exercise: Exercise, function: Callable) -> None:
    """Put every case of an exercise to a student's function and print one line when all agree.

    Where a case needs a program that is not on this machine, the line says so; it is no mistake of the student's.

    Raises:
        CheckFailed: the mistake that `mistake_in` chooses.
        NotImplementedError: the exercise is not solved yet.
    """
    __tracebackhide__ = True
    heard = [one for case in exercise.cases for one in answer(case, function, exercise.function)]
    failed = mistake_in(heard)
    if failed and failed.mistake == NOT_HERE:
        print(f"{exercise.function}: {failed.hint} Nothing was checked; grading does it.")
        return
    if failed:
        raise failed
    count = len(exercise.cases)
    agree = f"all {count} visible cases agree" if count > 1 else "the one visible case agrees"
    print(f"{exercise.function}: {agree}; grading tries more")


def answer(case: Case, function: Callable, name: str) -> list[Heard]:
    """Put one case to a student's function and return what its judge says, once a seed.

    Raises:
        NotImplementedError: the exercise is not solved yet.
    """
    __tracebackhide__ = True
    try:
        return hear(case, carried_on(case, collect(case, function, name), name), name)
    except CheckFailed as failed:
        return [Heard(differs=failed)]


def mistake_in(heard: Sequence[Heard]) -> CheckFailed | None:
    """Choose what a student reads of all that the judges of an exercise said; None where no answer is wrong.

    A mistake is named only where every judge that knows it, and finds its answer wrong, recognises it. Otherwise the
    first wrong answer is shown beside the right one: a likeness in one case is no diagnosis.
    """
    wrong = [one for one in heard if one.is_wrong]
    if not wrong:
        return None
    first = wrong[0]
    for slug, failed in first.recognised.items():
        if all(slug in one.recognised or slug not in one.asked for one in wrong):
            return failed
    return first.differs or next(iter(first.recognised.values()))


def collect(case: Case, function: Callable, name: str) -> Data:
    """Let a case call a student's function and return the plain data for the judge.

    Args:
        name: what the student calls the function, for hints.

    Raises:
        CheckFailed: the function raised (`raises-...`), changed an argument (`changes-its-argument`), what it returned
            is nothing or no plain data, or it returned something else when asked again with the same numbers in another
            memory layout (`depends-on-memory-layout`) or with another global seed (`draws-without-its-seed`).
        NotImplementedError: the exercise is not solved yet.
    """
    __tracebackhide__ = True
    if case.seeds:
        return [collect(one, function, name) for one in _each_seed(case)]
    with repeats.global_seed(0):
        data = _once(case, function, name, arguments_of(case))
    if case.inputs:
        _ask_again(case, function, name, data)
    for parameter in case.gradient:
        _require_gradient(case, function, name, parameter)
    return data


def carried_on(case: Case, data: Data, name: str) -> Data:
    """Return what a case's `then` makes of the result; the result itself where a case has none.

    Raises:
        CheckFailed: `then` raised it, or could not use the result.
    """
    if case.then is None:
        return data
    try:
        if case.seeds:
            return [carried_on(one, part, name) for one, part in zip(_each_seed(case), data, strict=True)]
        return plain(case.then(data, *arguments_of(case)), name)
    except CheckFailed:
        raise
    except Exception:
        raise _wrong_form(case, data, name) from None


def _require_gradient(case: Case, function: Callable, name: str, parameter: str) -> None:
    """Raise CheckFailed where no gradient, or none but zeros, comes back to an argument."""
    __tracebackhide__ = True
    named = _named(function, arguments_of(case), {})
    leaf = named[parameter].detach().clone().requires_grad_()
    with repeats.global_seed(0), contextlib.suppress(RuntimeError, AttributeError, TypeError):
        function(**named | {parameter: leaf}).sum().backward()
    require(
        leaf.grad is not None and bool((leaf.grad != 0).any()),
        "cuts-the-gradient",
        f"Case '{case.name}': no gradient flows from what {name} returned back to {parameter}, so nothing can be "
        "trained through it. Compute with tensors alone: no detach, no item, no no_grad, no tensor(...) of a result.",
    )


def _ask_again(case: Case, function: Callable, name: str, data: Data) -> None:
    """Raise CheckFailed where the memory layout of the inputs or the global seed decides what comes back.

    An error that only another layout raises, such as that of `view`, is not held against an answer.
    """
    __tracebackhide__ = True

    def again(seed: int, arguments: tuple) -> Data | None:
        with repeats.global_seed(seed), contextlib.suppress(CheckFailed, NotImplementedError):
            return _once(case, function, name, arguments)

    other = again(1, repeats.spread_out(arguments_of(case)))
    if other is None or repeats.near(data, other) or not repeats.near(data, again(0, arguments_of(case))):
        return
    if not repeats.near(data, again(1, arguments_of(case))):
        takes_seed = "seed" in _named(function, arguments_of(case), {}) or repeats.is_seeded(arguments_of(case))
        require(
            not takes_seed,
            "draws-without-its-seed",
            f"Case '{case.name}': called twice with the same seed or generator, {name} returned different values. It "
            "must decide every draw.",
        )
        return
    raise CheckFailed(
        "depends-on-memory-layout",
        f"Case '{case.name}': given the same numbers as a slice of a larger tensor, {name} returned other values. "
        "reshape and flatten then make copies, and what is written to a copy is lost.",
    )


def _once(case: Case, function: Callable, name: str, arguments: tuple) -> Data:
    __tracebackhide__ = True
    calls: list[tuple[tuple, dict]] = []
    results: list[object] = []

    @functools.wraps(function)
    def watched(*args: object, **kwargs: object) -> object:
        __tracebackhide__ = True
        calls.append((args, kwargs))
        named = _named(function, args, kwargs)
        before = {parameter: unchanged.picture(value) for parameter, value in named.items()}
        results.append(function(*args, **kwargs))
        for parameter in unchanged.changed(before, named):
            if parameter not in case.changes:
                raise CheckFailed(
                    "changes-its-argument",
                    f"Case '{case.name}': {name} changed its argument {parameter}, which others still use. Work on a "
                    "copy: tensor.clone(), copy.deepcopy(network), dict(mapping), list(values).",
                )
        if case.new and unchanged.shares(results[-1], list(named.values())):
            raise CheckFailed(
                "shares-its-argument",
                f"Case '{case.name}': what {name} returned shares memory with an argument, so whoever changes one "
                "changes both. Return something new: tensor.clone(), copy.deepcopy, dict(mapping), list(values).",
            )
        return results[-1]

    asked = watched if inspect.isfunction(function) else function
    try:
        return plain(case.driver(asked, *arguments) if case.driver else asked(*arguments), name)
    except (NotImplementedError, CheckFailed):
        raise
    except (Exception, SystemExit) as error:
        if calls and len(calls) == len(results):
            plain(results[-1], name)
            raise CheckFailed(
                "returns-wrong-type",
                f"Case '{case.name}' could not use what {name} returned, {show(results[-1])}: "
                f"{type(error).__name__}: {error}.",
            ) from error
        args, kwargs = calls[-1] if calls else ((), {})
        call = ", ".join([*map(_brief, args), *(f"{key}={_brief(value)}" for key, value in kwargs.items())])
        why = f"stopped with {type(error).__name__}: {_cut(str(error), MAX_ERROR // 2)}{_line(error, function)}"
        room = max(20, MAX_ERROR - len(why) - len(name) - len(case.name) - 12)
        raise CheckFailed(
            "raises-" + "-".join(_WORD.findall(type(error).__name__) or ["error"]).lower(),
            f"Case '{case.name}': {name}({_cut(call, room)}) {why}",
        ) from error


def _named(function: Callable, args: tuple, kwargs: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments by parameter; none where they do not fit, which the call itself will say."""
    try:
        return dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {}


def hear(case: Case, data: Data, name: str) -> list[Heard]:
    """Let a case's judge look at plain data, once a seed, and return all that it says, not only the first mistake."""
    if case.seeds:
        try:
            pairs = list(zip(_each_seed(case), data, strict=True))
        except (TypeError, ValueError):
            return [Heard(differs=_wrong_form(case, data, name))]
        return [heard for one, answered in pairs for heard in hear(one, answered, name)]
    heard = Heard()
    token = _hearing.set(heard)
    try:
        wants_inputs = len(inspect.signature(case.judge).parameters) > 1
        case.judge(data, *(arguments_of(case) if wants_inputs else ()))
    except CheckFailed as failed:
        heard.differs = failed
    except Exception:
        if not heard.recognised:  # else the judge went on with data in which it had seen a mistake
            heard.differs = _wrong_form(case, data, name)
    finally:
        _hearing.reset(token)
    return [heard]


def _wrong_form(case: Case, data: Data, name: str) -> CheckFailed:
    return CheckFailed(
        "returns-wrong-type",
        f"Case '{case.name}': what {name} returned, {show(data)}, has not the form that the exercise asks for.",
    )


def judge(case: Case, data: Data, name: str) -> None:
    """Let a case's judge look at plain data; data of a form that it cannot read is a mistake as well.

    Raises:
        CheckFailed: the mistake that `mistake_in` chooses.
    """
    if failed := mistake_in(hear(case, data, name)):
        raise failed


def _each_seed(case: Case) -> list[Case]:
    """Return a case for each of its seeds."""
    return [
        dataclasses.replace(case, inputs=functools.partial(case.inputs, seed), seeds=0) for seed in range(case.seeds)
    ]


def arguments_of(case: Case) -> tuple:
    """Return new inputs of a case; none where the driver makes its own."""
    return case.inputs() if case.inputs else ()


def to_source(case: Case, parts: Sequence[str] = ("inputs", "driver")) -> dict[str, str]:
    """Return the case without its judge as text, to be sent where the student's code runs.

    Args:
        parts: the functions to send; where a compiler may be started, "inputs" and "then".

    Raises:
        ValueError: one of them is no plain function, or uses names from outside.
    """
    sources = {part: _source(case.name, getattr(case, part)) for part in parts if getattr(case, part)}
    settings = {"gradient": " ".join(case.gradient), "changes": " ".join(case.changes)}
    settings |= {"new": "new" if case.new else "", "seeds": str(case.seeds or "")}
    return {"name": case.name, **sources, **{part: text for part, text in settings.items() if text}}


def from_source(text: Mapping[str, str]) -> Case:
    """Return the case that `to_source` wrote; it has no judge."""
    parts = {part: _defined(text[part]) for part in ("inputs", "driver", "then") if part in text}
    lists = {part: tuple(text.get(part, "").split()) for part in ("gradient", "changes")}
    return Case(text["name"], **parts, **lists, new="new" in text, seeds=int(text.get("seeds", 0)))


def _source(name: str, function: Callable) -> str:
    """Return the source that alone, in an empty namespace, defines the function under its own name."""
    source = textwrap.dedent(inspect.getsource(function)) if inspect.isfunction(function) else ""
    if not source.startswith("def "):
        raise ValueError(
            f"case '{name}': inputs, driver and then must be functions written with def, without a decorator"
        )
    outside = inspect.getclosurevars(function)
    names = ", ".join(sorted({*outside.globals, *outside.nonlocals}))
    if names:
        raise ValueError(f"case '{name}': {function.__name__} uses {names} from outside; move it into the function")
    return f"from __future__ import annotations\n\n{source}"


def _defined(source: str) -> Callable:
    names: dict[str, Any] = {}
    exec(source, names)
    return names[re.search(r"^def (\w+)", source, re.MULTILINE)[1]]


def require(condition: object, mistake: str, hint: str) -> None:
    """Raise CheckFailed unless the condition holds; while a judge is heard, note it and go on."""
    heard = _hearing.get()
    if heard is not None:
        heard.asked.add(mistake)
    if condition:
        return
    if heard is None:
        raise CheckFailed(mistake, hint)
    heard.recognised.setdefault(mistake, CheckFailed(mistake, hint))


def reject(actual: Data, known: dict[float, tuple[str, str]]) -> None:
    """Require that a number equals, to six digits, none that a known mistake leads to.

    Args:
        actual: what came back; anything but a single number, or a tensor of shape (), passes.
        known: wrong value -> (mistake, hint).
    """
    if np.ndim(actual) or not _numeric(actual):
        return
    for wrong, (mistake, hint) in known.items():
        require(not np.isclose(float(actual), wrong, rtol=1e-6, atol=0), mistake, hint)


def require_type(actual: Data, expected: type | tuple[type, ...], mistake: str, hint: str) -> None:
    """Raise CheckFailed unless the value has the type; bool is no int, tensors are `numpy.ndarray`."""
    kinds = expected if isinstance(expected, tuple) else (expected,)
    if not isinstance(actual, kinds) or (isinstance(actual, bool) and bool not in kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise CheckFailed(mistake, f"{hint} Got {show(actual)} of type {type(actual).__name__}, expected {names}.")


def require_keys(actual: Data, *keys: str | int) -> None:
    """Raise CheckFailed unless the value is a dict with exactly these keys."""
    names = ", ".join(map(str, keys))
    require_type(actual, dict, "returns-no-dict", f"Return a dict with the keys {names}.")
    found = ", ".join(map(str, actual)) or "none"
    if set(actual) != set(keys):
        raise CheckFailed("wrong-keys", f"The keys must be {names}; got {found}.")


def require_shape(actual: Data, expected: Sequence[int], mistake: str, hint: str) -> None:
    """Raise CheckFailed unless the tensor, number or nested list has this shape; a number has shape ()."""
    shape = _array(actual).shape
    if shape != tuple(expected):
        raise CheckFailed(mistake, f"{hint} Got shape {shape}, expected {tuple(expected)}.")


def require_dtype(actual: Data, expected: str, mistake: str, hint: str) -> None:
    """Raise CheckFailed unless the value is a tensor of this dtype, by name: "int8", "float32"."""
    if not isinstance(actual, np.ndarray):
        raise CheckFailed("returns-wrong-type", f"Got {show(actual)}, expected a tensor of {expected}.")
    if actual.dtype.name != expected:
        raise CheckFailed(mistake, f"{hint} Got dtype {actual.dtype.name}, expected {expected}.")


def require_close(
    actual: Data, expected: Data, mistake: str, hint: str, *, rtol: float = 1e-5, atol: float = 1e-7
) -> None:
    """Raise CheckFailed, showing the first value that differs, unless shapes are equal and all values close.

    Args:
        expected: a number, a nested list, an array or a tensor; nan is close to nan.
        rtol: allowed difference as a fraction of the expected value; 0 with atol 0 asks for equality.

    Raises:
        CheckFailed: with `mistake`; with `wrong-shape` where the shapes differ.
    """
    got, want = _array(actual), _array(plain(expected))
    require_shape(got, want.shape, "wrong-shape", "The result has the wrong shape.")
    close = np.isclose(got.astype(np.float64), want.astype(np.float64), rtol, atol, equal_nan=True)
    if not close.all():
        where = np.unravel_index(int(np.argmin(close)), close.shape)
        place = f" at [{', '.join(map(str, where))}]" if where else ""
        count = f" ({close.size - int(close.sum())} of {close.size} values differ)" if close.size > 1 else ""
        values = f"Got {show(got[where].item())}, expected {show(want[where].item())}{place}{count}."
        raise CheckFailed(mistake, f"{hint} {values}")


def plain(value: object, name: str = "the function", depth: int = 0) -> Data:
    """Copy a value into plain data: tensors become numpy arrays, numpy scalars Python numbers, tuples lists.

    Raises:
        CheckFailed: `returns-nothing` for None anywhere in it, `returns-wrong-type` for anything that is no plain data.
    """
    torch = sys.modules.get("torch")
    if value is None:
        what = "None. Does it end with a return and a value?" if not depth else "something that holds None."
        raise CheckFailed("returns-nothing", f"{name} returned {what}")
    if torch is not None and isinstance(value, torch.Tensor):
        try:
            value = value.detach().cpu().numpy()
        except (TypeError, RuntimeError, NotImplementedError):
            raise _wrong_type(name, f"a tensor of {value.dtype} that numpy cannot hold") from None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray) and value.dtype.kind in ARRAY_KINDS:
        return np.array(value, subok=False)
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, (list, tuple, dict)) and depth == MAX_DEPTH:
        raise _wrong_type(name, f"lists or dicts nested more than {MAX_DEPTH} deep")
    if isinstance(value, (list, tuple)):
        return [plain(item, name, depth + 1) for item in value]
    if isinstance(value, dict):
        if not all(type(key) in (str, int) for key in value):
            raise _wrong_type(name, "a dict with keys that are neither strings nor whole numbers")
        return {key: plain(item, name, depth + 1) for key, item in value.items()}
    raise _wrong_type(name, f"{'an' if type(value).__name__[0] in 'aeiou' else 'a'} {type(value).__name__}")


def _wrong_type(name: str, what: str) -> CheckFailed:
    return CheckFailed(
        "returns-wrong-type",
        f"{name} returned {what}. The exercise asks for tensors, numbers, strings, or lists and dicts of those.",
    )


def show(value: object) -> str:
    """Describe a value to a student in a few words: numbers as they are, a large tensor by its ends and shape."""
    if isinstance(value, tuple):
        return f"({', '.join(map(show, value))}{',' * (len(value) == 1)})"
    try:
        value = plain(value)
    except CheckFailed:
        return shown.lines(reprlib.repr(value))
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, np.ndarray):
        number = {"float_kind": lambda item: f"{item:.5g}"}
        text = np.array2string(value, threshold=8, edgeitems=2, separator=", ", formatter=number)
        return re.sub(r"\s+", " ", text) + (f" of shape {value.shape}" if value.size > 8 else "")
    return reprlib.repr(value)


def _brief(value: object) -> str:
    """Describe an argument in a few characters: a tensor of more than one dimension by its shape alone."""
    torch = sys.modules.get("torch")
    is_tensor = isinstance(value, np.ndarray) or (torch is not None and isinstance(value, torch.Tensor))
    if is_tensor and (value.ndim > 1 or len(value.reshape(-1)) > 8):
        return f"<tensor of shape {tuple(value.shape)}>"
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_brief(item)}' for key, item in value.items())}}}"
    return show(value)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3]}..."


def _array(value: Data) -> np.ndarray:
    try:
        array = np.asarray(value if _numeric(value) else None)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in ARRAY_KINDS:
        raise CheckFailed("returns-wrong-type", f"Got {show(value)}, expected a tensor or numbers.")
    return array


def _numeric(value: Data) -> bool:
    return isinstance(value, (int, float, np.ndarray)) or (isinstance(value, list) and all(map(_numeric, value)))


def _line(error: BaseException, function: Callable) -> str:
    """Quote the line of the student's file or cell at which the error arose, where its source is known."""
    code = getattr(function, "__code__", None)
    frame = error.__traceback__
    line = ""
    while frame is not None:
        if code is not None and frame.tb_frame.f_code.co_filename == code.co_filename:
            line = linecache.getline(code.co_filename, frame.tb_lineno).strip() or line
        frame = frame.tb_next
    return f', at "{line}"' if line else ""
