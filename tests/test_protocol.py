import copy
import importlib.util
import io
import json
import math
import random
import textwrap
import warnings
import zipfile

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from labsupport.checks import protocol, wire
from labsupport.checks.protocol import (
    Case,
    CheckFailed,
    Exercise,
    collect,
    from_source,
    judge,
    plain,
    put_cases,
    reject,
    require,
    require_close,
    require_dtype,
    require_keys,
    require_shape,
    require_type,
    show,
    slug_of,
    to_source,
)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example in the module's docstring, as a lab author would save it."""
    text = protocol.__doc__.split("the visible cases of one exercise:\n", 1)[1].split("\nThe file is named", 1)[0]
    path = tmp_path_factory.mktemp("example") / "quantize_affine.py"
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location("labsupport.checks.lab99.quantize_affine", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Exercise("quantize_affine", module.CASES)


def steps(x, scale, zero_point):
    return torch.round(x / scale) + zero_point


def solution(x, scale, zero_point):
    return steps(x, scale, zero_point).clamp(-128, 127).to(torch.int8)


def wraps(x, scale, zero_point):
    return steps(x, scale, zero_point).to(torch.int32).to(torch.int8)


def keeps_float(x, scale, zero_point):
    return steps(x, scale, zero_point).clamp(-128, 127)


def shifts(x, scale, zero_point):
    return (steps(x, scale, zero_point) - 1).clamp(-128, 127).to(torch.int8)


def forgets_return(x, scale, zero_point):
    steps(x, scale, zero_point)


def misspells(x, scale, zero_point):
    return torch.round(x / scal)  # noqa: F821 - the mistake


def flattens_to_number(x, scale, zero_point):
    return torch.tensor(3, dtype=torch.int8)


def stops(x, scale, zero_point):
    raise SystemExit


def is_unsolved(x, scale, zero_point):
    raise NotImplementedError("not yet")


def test_the_example_accepts_its_solution(example, capsys):
    put_cases(example, solution)
    assert capsys.readouterr().out == "quantize_affine: the one visible case agrees; grading tries more\n"


@pytest.mark.parametrize(
    ("answer", "mistake", "words"),
    [
        (wraps, "casts-before-clamp", "3.0 at scale 0.01 became 44, not 127"),
        (keeps_float, "keeps-float", "Got dtype float32, expected int8."),
        (shifts, "wrong-steps", "Got -101, expected -100 at [0] (4 of 5 values differ)."),
        (forgets_return, "returns-nothing", "quantize_affine returned None"),
        (flattens_to_number, "returns-wrong-type", "has not the form that the exercise asks for"),
        (misspells, "raises-name-error", "([-1, -0.264, 0, 0.5, 3], 0.01, 0) stopped with NameError: name 'scal'"),
        (misspells, "raises-name-error", 'at "return torch.round(x / scal)'),
        (misspells, "raises-name-error", "Case 'five values at scale 0.01'"),
        (stops, "raises-system-exit", "stopped with SystemExit"),
    ],
)
def test_the_example_names_the_mistake(example, answer, mistake, words):
    with pytest.raises(CheckFailed) as failure:
        put_cases(example, answer)
    assert failure.value.mistake == mistake
    assert words in failure.value.hint
    assert str(failure.value) == f"{failure.value.hint}  [{mistake}]"


def test_the_original_error_is_chained(example):
    with pytest.raises(CheckFailed) as failure:
        put_cases(example, misspells)
    assert isinstance(failure.value.__cause__, NameError)


def test_unsolved_stays_unsolved(example):
    with pytest.raises(NotImplementedError, match="not yet"):
        put_cases(example, is_unsolved)


def test_several_cases_are_counted(capsys):
    case = Case("any", driver=lambda f: f(), judge=lambda data: None)
    put_cases(Exercise("one", (case, case, case)), lambda: 1)
    assert capsys.readouterr().out == "one: all 3 visible cases agree; grading tries more\n"


def test_jupyter_shows_the_hint_alone():
    shell = InteractiveShell()
    shown = []
    shell._showtraceback = lambda kind, error, lines: shown.extend(lines)
    shell.run_cell(
        "from labsupport.checks.protocol import require\nrequire(False, 'some-mistake', 'What happened. What to do.')"
    )
    assert shown == ["CheckFailed: What happened. What to do.  [some-mistake]"]


def test_an_exercise_may_be_a_class():
    class Doubler:
        def __call__(self, value):
            return 2 * value

    assert collect(Case("two", driver=lambda cls: cls()(2)), Doubler, "Doubler") == 4
    with pytest.raises(CheckFailed, match=r"Doubler\(\) stopped with TypeError"):
        collect(Case("too many", driver=lambda cls: cls(1, 2)), Doubler, "Doubler")


def test_an_error_in_the_driver_is_about_the_result():
    case = Case("adds", driver=lambda f: f(3) + 1)
    with pytest.raises(CheckFailed, match="could not use what f returned, 'three'") as failure:
        collect(case, lambda value: "three", "f")
    assert failure.value.mistake == "returns-wrong-type"
    with pytest.raises(CheckFailed, match="returned None"):
        collect(case, lambda value: None, "f")


def test_keyword_arguments_are_shown():
    with pytest.raises(CheckFailed, match=r"f\('a', num_bits=4\) stopped with ValueError: no"):
        collect(Case("keyword", driver=lambda f: f("a", num_bits=4)), _raises_no, "f")


def _raises_no(name, num_bits):
    raise ValueError("no")


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("OSError", "raises-os-error"),
        ("ZeroDivisionError", "raises-zero-division-error"),
        ("_mine", "raises-mine"),
        ("ОшибкаЧисла", "raises-error"),
    ],
)
def test_every_error_has_a_slug(name, mistake):
    def fails():
        raise type(name, (Exception,), {})

    with pytest.raises(CheckFailed) as failure:
        collect(Case("fails", driver=lambda f: f()), fails, "fails")
    assert failure.value.mistake == mistake


@pytest.mark.parametrize("mistake", ["", "Two Words", "ends-", "a--b", "under_score"])
def test_a_mistake_is_a_slug(mistake):
    with pytest.raises(ValueError, match="is no slug"):
        CheckFailed(mistake, "hint")


def test_a_judge_that_cannot_read_the_data_names_it():
    with pytest.raises(CheckFailed, match=r"Case 'first': what f returned, \[\], has not the form"):
        judge(Case("first", None, lambda data: data[0]), [], "f")


def judge_double(data, number):
    require(data != number * number, "squares", "This is the square.")
    require(data != number + 3, "adds-three", "3 was added.")
    require_close(data, 2 * number, "wrong-double", "Twice the number.")


def judge_sign(data, number):
    require_close(data > 0, number > 0, "wrong-sign", "The sign stays.")


def double_cases(*numbers, judge=judge_double):
    return [Case(f"of {number}", lambda number=number: (number,), judge) for number in numbers]


def mistake_of(function, *cases):
    with pytest.raises(CheckFailed) as caught:
        put_cases(Exercise("double", tuple(cases)), function)
    return caught.value.mistake


def test_a_mistake_is_named_that_explains_every_case():
    assert mistake_of(lambda x: x * x, *double_cases(3, 5)) == "squares"
    assert mistake_of(lambda x: x * x, *double_cases(2, 5)) == "squares"  # in the first case it does not show


def test_a_likeness_in_one_case_is_no_diagnosis():
    assert mistake_of(lambda _: 9, *double_cases(3, 5)) == "wrong-double"
    assert mistake_of(lambda x: x + 6, *double_cases(3, 5)) == "wrong-double"


def test_the_second_likeness_is_named_where_it_alone_explains_every_case():
    square_and_sum = Case("the root of x * x = x + 3", lambda: ((1 + math.sqrt(13)) / 2,), judge_squares_within)
    assert mistake_of(lambda x: x + 3, square_and_sum, *double_cases(5)) == "adds-three"


def judge_squares_within(data, number):
    require(abs(data - number * number) > 1e-9, "squares", "This is the square.")
    require(abs(data - number - 3) > 1e-9, "adds-three", "3 was added.")
    require_close(data, 2 * number, "wrong-double", "Twice the number.")


def test_a_judge_that_does_not_know_a_mistake_leaves_its_name():
    knows_nothing = double_cases(-4, judge=judge_sign)
    assert mistake_of(lambda x: x * x, *double_cases(3), *knows_nothing) == "squares"
    assert mistake_of(lambda x: x * x, *knows_nothing, *double_cases(3)) == "wrong-sign"


def test_all_cases_are_heard_and_an_error_in_a_later_one_leaves_the_name():
    def squares_or_raises(x):
        if x == 5:
            raise ValueError("five")
        return x * x

    assert mistake_of(squares_or_raises, *double_cases(3, 5)) == "squares"
    assert mistake_of(squares_or_raises, *double_cases(5, 3)) == "raises-value-error"


def test_a_judge_that_goes_on_after_a_mistake_may_break():
    def judge_list(data):
        require(isinstance(data, list), "no-list", "Return a list.")
        require_close(data[0], 1, "wrong-item", "The first is 1.")

    assert mistake_of(lambda x: x, *double_cases(3, judge=judge_list)) == "no-list"


def test_a_student_cannot_reach_what_the_judge_sees():
    kept = []

    def keeps(values):
        kept.append(values)
        return values

    data = collect(Case("zeros", driver=lambda f: f(torch.zeros(2))), keeps, "keeps")
    kept[0].fill_(7)
    np.testing.assert_array_equal(data, [0, 0])
    nested = [[1, 2]]
    data = plain(nested)
    nested[0].append(3)
    assert data == [[1, 2]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ((1, "a", 2.5), [1, "a", 2.5]),
        ({"scale": np.float64(1), 3: (False,)}, {"scale": 1.0, 3: [False]}),
        (torch.Size([2, 3]), [2, 3]),
    ],
)
def test_plain_data(value, expected):
    data = plain(value)
    assert data == expected
    assert type(data) is type(expected)


def test_plain_tensors():
    weight = torch.nn.Parameter(torch.ones(2, 3))
    assert plain(weight).dtype == np.float32
    assert plain(torch.ones(2, dtype=torch.int8)).dtype == np.int8
    assert plain(torch.tensor(2)).shape == ()
    assert type(plain(np.ma.masked_array([1.0]))) is np.ndarray


@pytest.mark.parametrize(
    "value", [None, [1, None], {"a": None}], ids=["nothing", "nothing in a list", "nothing in a dict"]
)
def test_nothing_is_no_data(value):
    with pytest.raises(CheckFailed) as failure:
        plain(value, "f")
    assert failure.value.mistake == "returns-nothing"


LOOP = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1, 2}, "a set"),
        (object(), "an object"),
        ((i for i in ()), "a generator"),
        (b"bytes", "a bytes"),
        (1j, "a complex"),
        (np.array(["text"]), "a ndarray"),
        (np.array([None]), "a ndarray"),
        ({(1, 2): 3}, "a dict with keys"),
        ({True: 3}, "a dict with keys"),
        (torch.zeros(2, dtype=torch.bfloat16), r"a tensor of torch\.bfloat16"),
        (torch.zeros(2).to_sparse(), "a tensor of"),
        (LOOP, "nested more than"),
    ],
)
def test_other_types_are_no_data(value, words):
    with pytest.raises(CheckFailed, match=words) as failure:
        plain(value, "f")
    assert failure.value.mistake == "returns-wrong-type"


def yes(*_):
    return True


class Float(float):
    __eq__ = __ge__ = __le__ = yes
    __hash__ = float.__hash__

    def __float__(self):
        return 7.0


class Text(str):
    __eq__ = yes
    __hash__ = str.__hash__

    def __float__(self):
        return 4.0


class Array(np.ndarray):
    __array_ufunc__ = __eq__ = yes


class Chameleon:
    __class__ = float

    def __float__(self):
        return 7.0


class Equal:
    __eq__ = __lt__ = __gt__ = yes
    __hash__ = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Float(3), 7.0),
        (Text("7"), "7"),
        (np.zeros(3).view(Array), np.zeros(3)),
        (Chameleon(), 7.0),
        ([Text("a"), {"b": Float(3)}], ["a", {"b": 7.0}]),
    ],
    ids=["float", "text", "array", "class", "nested"],
)
def test_an_object_that_lies_reaches_the_judge_as_a_plain_value(value, expected):
    assert_same(wire.loads(wire.dumps(plain(value))), expected)


def test_an_object_that_equals_everything_is_no_data():
    with pytest.raises(CheckFailed) as failure:
        plain(Equal(), "f")
    assert failure.value.mistake == "returns-wrong-type"


def test_require():
    require(True, "never", "never")
    with pytest.raises(CheckFailed, match=r"hint  \[slug\]"):
        require([], "slug", "hint")


@pytest.mark.parametrize(
    ("actual", "expected", "fails"),
    [(1.0, float, False), (1, float, True), (True, int, True), (True, bool, False), (2, (int, float), False)],
)
def test_require_type(actual, expected, fails):
    if not fails:
        require_type(actual, expected, "slug", "Hint.")
        return
    with pytest.raises(CheckFailed, match=r"Hint\. Got .*, expected"):
        require_type(actual, expected, "slug", "Hint.")


def test_require_shape_and_dtype():
    require_shape(np.zeros((2, 3)), (2, 3), "slug", "Hint.")
    require_shape([[1], [2]], (2, 1), "slug", "Hint.")
    require_shape(4, (), "slug", "Hint.")
    with pytest.raises(CheckFailed, match=r"Got shape \(2, 3\), expected \(3, 2\)"):
        require_shape(np.zeros((2, 3)), (3, 2), "slug", "Hint.")
    require_dtype(np.zeros(2, np.float32), "float32", "slug", "Hint.")
    with pytest.raises(CheckFailed, match="Got dtype float64, expected float32"):
        require_dtype(np.zeros(2), "float32", "slug", "Hint.")
    with pytest.raises(CheckFailed, match=r"Got \[0\], expected a tensor of float32"):
        require_dtype([0], "float32", "slug", "Hint.")


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 1),
        (np.float32([0.1, 0.2]), [0.1, 0.2]),
        ([math.nan, math.inf], [math.nan, math.inf]),
        (np.int8([127]), torch.tensor([127])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_require_close_accepts(actual, expected):
    require_close(actual, expected, "slug", "Hint.")


@pytest.mark.parametrize(
    ("actual", "expected", "mistake", "words"),
    [
        (1.1, 1, "slug", r"Got 1\.1, expected 1\."),
        ([1, 2, 4, 4], [1, 2, 3, 5], "slug", r"Got 4, expected 3 at \[2\] \(2 of 4 values differ\)\."),
        ([[0.0, math.nan]], [[0.0, 1.0]], "slug", r"Got nan, expected 1 at \[0, 1\]"),
        (np.int8([-128]), [128], "slug", "Got -128, expected 128"),
        (np.zeros((2, 1)), [0, 0], "wrong-shape", r"Got shape \(2, 1\), expected \(2,\)"),
        ("1", 1, "returns-wrong-type", "Got '1', expected a tensor or numbers"),
        ([1, "x"], [1, 2], "returns-wrong-type", "expected a tensor or numbers"),
        ([[1], [1, 2]], [[1], [1]], "returns-wrong-type", "expected a tensor or numbers"),
        ({"a": 1}, 1, "returns-wrong-type", "expected a tensor or numbers"),
        ([10**400], [1], "returns-wrong-type", "expected a tensor or numbers"),
    ],
)
def test_require_close_refuses(actual, expected, mistake, words):
    with pytest.raises(CheckFailed, match=words) as failure:
        require_close(actual, expected, mistake="slug", hint="Hint.")
    assert failure.value.mistake == mistake


def test_require_close_can_ask_for_equality():
    require_close([1.5], [1.5], "slug", "Hint.", rtol=0, atol=0)
    with pytest.raises(CheckFailed):
        require_close([1.5000001], [1.5], "slug", "Hint.", rtol=0, atol=0)


def test_values_are_shown_in_a_few_words():
    assert show(0.1 + 0.2) == "0.3"
    assert show(np.arange(3)) == "[0, 1, 2]"
    assert (
        show(torch.zeros(4, 5))
        == "[[0, 0, ..., 0, 0], [0, 0, ..., 0, 0], [0, 0, ..., 0, 0], [0, 0, ..., 0, 0]] of shape (4, 5)"
    )
    assert len(show(list(range(10**5)))) < 100
    assert show(None) == "None"


FACTOR = 2


def uses_a_name_from_outside(f):
    return f(FACTOR)


def nested_driver():
    offset = 1

    def inner(f):
        return f(offset)

    return inner


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (uses_a_name_from_outside, "uses FACTOR from outside"),
        (nested_driver(), "uses offset from outside"),
        (lambda f: f(), "written with def"),
        (len, "written with def"),
    ],
)
@pytest.mark.parametrize("part", ["inputs", "driver"])
def test_what_is_sent_stands_alone(part, function, words):
    with pytest.raises(ValueError, match=words):
        to_source(Case("case", **{part: function}))


def inputs_three():
    return [1, 2], 3


def drive_twice(f, values, number):
    return [f(values, number), f(values, 0)]


def test_a_case_travels_as_source(example):
    sent = from_source(to_source(example.cases[0]))
    assert collect(sent, solution, "quantize_affine").tolist() == [-100, -26, 0, 50, 127]
    both = from_source(to_source(Case("both", inputs_three, driver=drive_twice)))
    assert both.name == "both"
    assert collect(both, lambda values, number: values[0] + number, "f") == [4, 1]


def test_a_judge_may_ask_for_inputs_of_its_own():
    def appends(values, number):
        values.append(number)
        return values

    seen = []
    case = Case(
        "three",
        inputs_three,
        lambda result, values, number: seen.append((result, values, number)),
        changes=("values",),
    )
    judge(case, collect(case, appends, "appends"), "appends")
    assert seen == [([1, 2, 3], [1, 2], 3)]


def test_an_argument_that_changes_is_a_mistake_unless_the_case_says_so():
    def appends(values, number):
        values.append(number)
        return values

    for driver in (None, lambda f, values, number: f(values, number=number)):
        with pytest.raises(CheckFailed, match="appends changed its argument values, which others") as failed:
            collect(Case("three", inputs_three, driver=driver), appends, "appends")
        assert failed.value.mistake == "changes-its-argument"
    asked = Case("three", inputs_three, new=True, gradient=("number",), changes=("values", "number"))
    sent = from_source(to_source(asked))
    assert (sent.new, sent.gradient, sent.changes) == (asked.new, asked.gradient, asked.changes)
    sent = from_source(to_source(Case("three", inputs_three, changes=("values",))))
    assert (sent.new, sent.gradient) == (False, ())
    assert collect(sent, appends, "appends") == [1, 2, 3]


def inputs_two_tensors():

    return torch.arange(6.0).view(2, 3), torch.ones(3)


def writes_to_a_copy(x, scale):
    out = x.new_zeros(x.shape) if x.is_contiguous() else x.new_ones(x.shape)
    return out * scale


@pytest.mark.parametrize(
    ("function", "slug"),
    [
        (writes_to_a_copy, "depends-on-memory-layout"),
        (lambda x, scale: x.view(-1)[:3] * scale, ""),
        (lambda x, scale: x * scale + torch.rand(()), ""),
        (lambda x, seed: x * torch.rand(()), "draws-without-its-seed"),
        (lambda x, seed: x * torch.rand((), generator=torch.Generator().manual_seed(3)), ""),
    ],
    ids=["layout", "an error of view", "no seed given", "seed left unused", "generator of its own"],
)
def test_what_must_not_decide_the_result_does_not(function, slug):
    case = Case("two", inputs_two_tensors)
    before = torch.random.get_rng_state()
    if slug:
        with pytest.raises(CheckFailed) as failed:
            collect(case, function, "f")
        assert failed.value.mistake == slug
    else:
        collect(case, function, "f")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_manual_seed_is_a_right_way_to_use_a_seed():
    def draws(x, seed):
        torch.manual_seed(seed)
        return x + torch.rand(3)

    collect(Case("seeded", lambda: (torch.zeros(3), 7)), draws, "draws")


@pytest.mark.parametrize(
    ("answer", "is_refused"),
    [
        (lambda x, scale: x, True),
        (lambda x, scale: x[0], True),
        (lambda x, scale: {"rows": [x.T]}, True),
        (lambda x, scale: x.numpy()[1:], True),
        (lambda x, scale: x.clone(), False),
        (lambda x, scale: x + 0, False),
        (lambda x, scale: 3, False),
    ],
)
def test_something_new_shares_nothing_with_an_argument(answer, is_refused):
    case = Case("new", inputs_two_tensors, new=True)
    if is_refused:
        with pytest.raises(CheckFailed, match="shares memory with an argument"):
            collect(case, answer, "f")
    else:
        collect(case, answer, "f")


@pytest.mark.parametrize(
    ("answer", "is_refused"),
    [
        (lambda x, scale: (x * scale).sum(), False),
        (lambda x, scale: (x * scale).detach().sum(), True),
        (lambda x, scale: torch.tensor((x * scale).sum().item()), True),
        (lambda x, scale: (x * scale).sum().item(), True),
        (lambda x, scale: torch.no_grad()(lambda: (x * scale).sum())(), True),
        (lambda x, scale: (0 * x * scale).sum(), True),
    ],
)
def test_a_gradient_flows_where_it_must(answer, is_refused):
    case = Case("gradient", inputs_two_tensors, gradient=("x", "scale"))
    if is_refused:
        with pytest.raises(CheckFailed, match="no gradient flows"):
            collect(case, answer, "f")
    else:
        collect(case, answer, "f")


def inputs_drawn(seed):
    return [(7 * seed + place**2) % 10 for place in range(3 + seed)], seed


def judge_drawn(result, values, number):
    require_close(result, sum(values) + number, "wrong-sum", "The sum of all.")


def test_a_case_with_seeds_is_put_once_for_each():
    case = Case("drawn", inputs_drawn, judge_drawn, seeds=4)
    sent = from_source(to_source(case))
    assert sent.seeds == 4
    data = collect(sent, lambda values, number: sum(values) + number, "f")
    assert len(data) == 4
    judge(case, data, "f")
    with pytest.raises(CheckFailed, match="The sum of all"):
        judge(case, collect(sent, lambda values, number: sum(values[:5]) + number, "f"), "f")
    with pytest.raises(CheckFailed, match="has not the form"):
        judge(case, data[:3], "f")


def test_an_error_is_told_with_shapes_and_in_few_characters():
    def stops(image, names, number):
        raise ValueError("no such size " + "x" * 500)

    many = {f"layer {place}": torch.zeros(2, 3) for place in range(40)}
    case = Case("large", lambda: (torch.rand(2, 3, 8, 8), many, 3))
    with pytest.raises(CheckFailed) as failed:
        collect(case, stops, "stops")
    assert len(failed.value.hint) <= 320
    assert "stops(<tensor of shape (2, 3, 8, 8)>, {'layer 0': <ten...)" in failed.value.hint
    assert "stopped with ValueError: no such size xxx" in failed.value.hint


def test_none_inside_is_not_called_a_missing_return():
    with pytest.raises(CheckFailed, match="returned something that holds None"):
        collect(Case("three", inputs_three), lambda values, number: {"a": [None]}, "f")


def test_a_call_that_does_not_fit_says_so_itself():
    with pytest.raises(CheckFailed, match="stopped with TypeError"):
        collect(Case("three", inputs_three), lambda values: values, "f")


def test_a_call_with_the_inputs_is_shown():
    with pytest.raises(CheckFailed, match=r"f\(\[1, 2\], 3\) stopped with ValueError: no"):
        collect(Case("keyword", inputs_three), _raises_no, "f")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("fold_batch_norm", "fold-batch-norm"), ("FoldBatchNorm", "fold-batch-norm"), ("conv2d_macs", "conv2d-macs")],
)
def test_a_name_as_a_slug(name, slug):
    assert slug_of(name) == slug
    assert Exercise(name, ()).grade_id == slug


def test_keys_are_compared():
    require_keys({"a": 1, "b": 2}, "a", "b")
    for value, words in (
        ([1], "Return a dict with the keys a"),
        ({"a": 1, "c": 2}, "must be a, b; got a, c"),
        ({}, "none"),
    ):
        with pytest.raises(CheckFailed, match=words):
            require_keys(value, "a", "b")


# Bytes.

DATA = {
    "text": "naïve \ud800",
    "numbers": [1, -2.5, True, math.inf, 2**70],
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "nothing in it": [np.zeros((0, 4), np.int8), [], {}],
    3: np.array(1.5),
    "json": np.asfortranarray(np.ones((2, 3), bool)),
}


def assert_same(left, right):
    assert type(left) is type(right)
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right, strict=True)
    elif isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, list):
        assert len(left) == len(right)
        for pair in zip(left, right, strict=True):
            assert_same(*pair)
    else:
        assert left == right


@pytest.mark.parametrize("data", [DATA, 1, "text", [], np.zeros(3), [[[np.zeros(1)]]]], ids=repr)
def test_data_survives_the_way_there_and_back(data):
    before = copy.deepcopy(data)
    assert_same(wire.loads(wire.dumps(data)), before)


def test_data_has_a_limit():
    with pytest.raises(ValueError, match="at most 16000000 are allowed"):
        wire.dumps(np.zeros(wire.MAX_BYTES, np.int8))
    with pytest.raises(ValueError, match="at most 16000000 are allowed"):
        wire.loads(bytes(wire.MAX_BYTES + 1))
    with pytest.raises(ValueError, match=r"structure takes .* at most 2000000"):
        wire.dumps(["x" * wire.MAX_JSON_BYTES])


def archive(members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members:
            packed.writestr(name, content)
    return buffer.getvalue()


def npy(array, **options):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


def announces(shape):
    """An array file whose header promises more than it holds."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return buffer.getvalue() + bytes(16)


def structure(value):
    return "json.npy", npy(np.frombuffer(json.dumps(value).encode(), np.uint8))


ARRAY = ("array_0.npy", npy(np.zeros(2)))
PICKLE = ("array_0.npy", npy(np.array([{"a": 1}], dtype=object), allow_pickle=True))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no archive",
        wire.dumps(DATA)[:-30],
        archive([]),
        archive([ARRAY]),
        archive([structure({"array": 0})]),
        archive([structure({"array": 0}), PICKLE]),
        archive([structure({"array": 0}), ("array_0.npy", b"cos\nsystem\n(S'true'\ntR.")]),
        archive([structure({"array": 0}), ("array_0.npy", announces((10**12,)))]),
        archive([structure({"array": 0}), ("array_0.npy", announces((-2, -1)))]),
        archive([structure({"array": 0}), ("array_0.npy", npy(np.array(["text"])))]),
        archive([structure({"array": 0}), ARRAY], zipfile.ZIP_DEFLATED),
        archive([structure([1]), ARRAY]),
        archive([structure({"array": 0}), ARRAY, ARRAY]),
        archive([structure([{"array": 0}, {"array": 0}]), ARRAY]),
        archive([structure({"array": -1}), ARRAY]),
        archive([structure({"array": "0"}), ARRAY]),
        archive([structure({"array": 0, "dict": []}), ARRAY]),
        archive([structure(None)]),
        archive([structure({"dict": [["key"]]})]),
        archive([structure({"dict": [[None, 1]]})]),
        archive([structure({"dict": [[[], 1]]})]),
        archive([("json.npy", npy(np.frombuffer(b"[" * 100_000, np.uint8)))]),
        archive([("json.npy", npy(np.frombuffer(b"9" * 100_000, np.uint8)))]),
        archive([("json.npy", npy(np.frombuffer(b"\xff\xfe", np.uint8)))]),
        archive([("../json.npy", npy(np.zeros(2)))]),
    ],
    ids=range(26),
)
def test_bytes_that_dumps_did_not_write_are_refused(packed):
    with pytest.raises(ValueError, match="not data that dumps wrote"):
        wire.loads(packed)


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (lambda: archive([structure({"dict": [[n * (2**61 - 1), 0] for n in range(100)]})]), "has a key of"),
        (lambda: archive([structure({"dict": [[-(2**60), 0]]})]), "has a key of"),
        (lambda: archive([structure({"dict": [[n, 0] for n in range(wire.MAX_KEYS + 1)]})]), "10000 keys in a dict"),
        (lambda: archive([structure([10**1000])]), "1000 digits"),
        (lambda: archive([structure([-(10**1000)])]), "1000 digits"),
        (lambda: archive([structure([0] * wire.MAX_ITEMS)]), "500000 items"),
        (lambda: archive([structure([0]), *((str(n), b"") for n in range(20_000))]), "the list of members takes"),
        (lambda: wire.dumps(1) + b"\0", "an unexpected end of the archive"),
    ],
    ids=range(8),
)
def test_data_that_costs_too_much_is_refused_early(packed, why):
    with pytest.raises(ValueError, match=why):
        wire.loads(packed())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({2**60: 0}, "has a key of"),
        (dict.fromkeys(range(wire.MAX_KEYS + 1), 0), "10000 keys in a dict"),
        ([10**1000], "1000 digits"),
        (10**1_000_000, "1000 digits"),
        ([0] * wire.MAX_ITEMS, "500000 items"),
        ([np.zeros(1)] * (wire.MAX_ARRAYS + 1), "10000 arrays"),
    ],
    ids=range(6),
)
def test_what_would_be_refused_is_not_sent(data, why):
    with pytest.raises(ValueError, match=why):
        wire.dumps(data)


@pytest.mark.parametrize(
    "data",
    [
        dict.fromkeys(range(wire.MAX_KEYS), 0),
        {2**60 - 1: 1, 1 - 2**60: 2},
        [10**1000 - 1, 1 - 10**1000],
        [0] * (wire.MAX_ITEMS - 1),
        [np.zeros(1)] * 2000,
    ],
    ids=range(5),
)
def test_what_is_just_allowed_comes_back(data):
    assert_same(wire.loads(wire.dumps(data)), data)


def test_damaged_bytes_never_do_anything_else():
    rng = random.Random(0)
    packed = wire.dumps({"a": np.arange(4), "b": [1, "two"]})
    refused = 0
    for _ in range(500):
        damaged = bytearray(packed)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            wire.loads(bytes(damaged))
        except ValueError:
            refused += 1
    assert refused > 300


def test_an_unpacked_archive_has_a_limit(monkeypatch):
    packed = wire.dumps(np.zeros(1000))
    monkeypatch.setattr(wire, "MAX_BYTES", len(packed))
    wire.loads(packed)
    bomb = archive([("json.npy", npy(np.zeros(10**6)))], zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="the unpacked data takes"):
        wire.loads(bomb)


def test_reject_names_the_mistake_behind_a_known_wrong_number():
    known = {0.5: ("halves", "Half of it."), 300: ("adds", "A sum.")}
    with pytest.raises(CheckFailed, match=r"Half of it\.  \[halves\]"):
        reject(0.5 + 1e-9, known)
    for single in (300, 300.0, np.array(300.0)):
        with pytest.raises(CheckFailed, match="adds"):
            reject(single, known)


@pytest.mark.parametrize("passing", [0.6, 299, "300", [300], True])
def test_reject_lets_every_other_answer_pass(passing):
    reject(passing, {0.5: ("halves", "Half of it."), 300: ("adds", "A sum.")})
