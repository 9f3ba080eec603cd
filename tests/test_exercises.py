"""The proofs over every lab, and broken labs that show that each proof and each complaint can fail."""

import shutil

import nbformat
import pytest
from sample_course import FIXTURE_ROOT, every_lab

from course import CourseError, authoring, cli, notebooks, proofs, student
from course.answers import edit
from course.authoring import notebook_problems, problems
from course.exercises import read
from course.release import release
from labsupport.checks.pieces import graded, pieces


@pytest.fixture(scope="module", params=every_lab(), ids=lambda lab: f"lab{lab[0]}")
def lab(request):
    return read(*request.param)


@pytest.fixture(scope="module")
def released(lab, tmp_path_factory):
    return nbformat.read(release(lab.path, tmp_path_factory.mktemp("build")), as_version=4)


def test_the_author_made_no_mistake(lab):
    assert problems(lab) == []


def test_the_solution_passes_every_case(lab):
    assert proofs.solution_fails(lab) == []


def test_each_wrong_answer_is_recognised(lab):
    assert proofs.wrong_answers_pass(lab) == []


def test_solved_earns_everything_and_empty_nothing(lab, released):
    assert proofs.points_earned(lab, lab.notebook) == proofs.points_possible(lab) > 0
    assert proofs.points_earned(lab, released) == 0


def test_unsolved_checks_say_so(released):
    assert proofs.checks_say_anything_else(released) == []


def test_the_student_version_leaks_nothing(lab, tmp_path):
    files = dict(student.members(tmp_path, lab.path.parent.parent))
    assert f"notebooks/{lab.path.name}" in files
    assert proofs.leaks(lab, files) == []


def test_the_proofs_are_a_command(capsys, monkeypatch):
    monkeypatch.setattr("course.prove.find_labs", lambda lab: notebooks.find_labs(lab, FIXTURE_ROOT))
    monkeypatch.setattr("course.prove.read", lambda number: read(number, FIXTURE_ROOT))
    assert cli.main(["prove", "--lab", "90"]) == 0
    assert "90_small_lists: 4 exercises, 8 cases, 15 wrong and 1 right answers" in capsys.readouterr().out
    monkeypatch.setattr("course.authoring.MIN_WRONG_ANSWERS", 4)
    assert cli.main(["prove", "--lab", "90"]) == 1
    assert "  exercise batch-means has 3 wrong answers; at least 4 are needed" in capsys.readouterr().out


# A broken lab for every complaint.


@pytest.fixture
def root(tmp_path):
    return shutil.copytree(FIXTURE_ROOT, tmp_path / "course")


def edit_file(root, path, old, new):
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def edit_notebook(root, change):
    path = root / "notebooks" / "90_small_lists.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    path.write_text(nbformat.v4.writes_json(notebook))


def rename(cells, notebook):
    cells["mean"].id = "average"


def repeat_id(cells, notebook):
    cells["pixel-max"].id = "half-way"


def repeat_grade_id(cells, notebook):
    graded(cells["split-batches"]).grade_id = "mean"


def no_grade_id(cells, notebook):
    del graded(cells["mean"])["grade_id"]


def no_points(cells, notebook):
    del graded(cells["mean-check"])["points"]


def no_manual_points(cells, notebook):
    graded(cells["why-remainder"]).points = 0


def no_marks(cells, notebook):
    cells["mean"].source = cells["mean"].source.replace("### END SOLUTION", "")


def open_solution(cells, notebook):
    cells["half-way"].source = "### BEGIN SOLUTION\nPIXEL_MAX\n### END SOLUTION"


def no_check(cells, notebook):
    notebook.cells.remove(cells["mean-check"])


def no_exercise(cells, notebook):
    notebook.cells.remove(cells["mean"])


def wrong_call(cells, notebook):
    cells["mean-check"].source = "check(sum)"


def other_function(cells, notebook):
    cells["mean"].source = cells["mean"].source.replace("def mean", "def average")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (repeat_id, "two cells have the id half-way"),
        (no_grade_id, "cell mean has nbgrader metadata without a grade_id"),
        (repeat_grade_id, "two cells have the grade_id mean"),
        (rename, "cell average has the grade_id mean; the two must be equal"),
        (no_points, "cell mean-check is graded but has no points"),
        (no_manual_points, "cell why-remainder is graded but has no points"),
        (no_exercise, "cell mean-check checks mean, and no exercise cell has that id"),
        (no_marks, "cell mean needs its solution between ### BEGIN SOLUTION and ### END SOLUTION"),
        (open_solution, "cell half-way holds a solution but its metadata does not say so"),
        (no_check, "exercise mean has no check cell mean-check"),
        (wrong_call, "cell mean-check does not call check(mean)"),
        (other_function, "cell mean does not define mean"),
    ],
)
def test_a_mistake_in_the_notebook_is_named(root, change, complaint):
    edit_notebook(root, change)
    assert complaint in problems(read("90", root))


CHECKS, HIDDEN = "labsupport/checks/lab90/mean.py", "course/hidden/lab90/mean.py"


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        (
            CHECKS,
            'Case("whole numbers", judge=judge_mean, driver=drive_mean),',
            "",
            "exercise mean has no visible case",
        ),
        (CHECKS, '"whole numbers"', '"two negative values"', "exercise mean has two cases 'two negative values'"),
        (
            CHECKS,
            "mean([2.5])",
            "mean([len(CASES)])",
            "exercise mean: case 'whole numbers': drive_mean uses CASES from outside; move it into the function",
        ),
        (CHECKS, "judge=judge_mean, ", "", "exercise mean: case 'whole numbers' needs a judge, and inputs or a driver"),
        (
            HIDDEN,
            'Case("two negative values", inputs_negative_mean, judge_negative_mean),',
            "",
            "exercise mean has no hidden case",
        ),
        (
            HIDDEN,
            "return ([-1.5, -2.5],)",
            "return [-1.5, -2.5]",
            "exercise mean: the inputs of case 'two negative values' are no tuple",
        ),
        (HIDDEN, '"takes-median"', '"rounds-down"', "exercise mean has 3 wrong answers; at least 4 are needed"),
    ],
)
def test_a_mistake_in_the_cases_is_named(root, path, old, new, complaint, monkeypatch):
    monkeypatch.setattr("course.authoring.MIN_WRONG_ANSWERS", 4)
    edit_file(root, path, old, new)
    assert complaint in problems(read("90", root))


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        (CHECKS, "exercise mean of the notebook has no file of visible cases"),
        (CHECKS, "there are hidden cases for the unknown exercise mean"),
        (HIDDEN, "exercise mean has no hidden case"),
    ],
)
def test_a_missing_file_of_cases_is_named(root, path, complaint):
    (root / path).unlink()
    assert complaint in problems(read("90", root))


def test_cases_of_no_exercise_are_named(root):
    shutil.copy(root / CHECKS, root / "labsupport/checks/lab90/average.py")
    assert "there are visible cases for average, which is no exercise cell" in problems(read("90", root))


def test_missing_folders_are_named(root):
    shutil.rmtree((root / HIDDEN).parent)
    with pytest.raises(CourseError, match="lab90 is missing"):
        read("90", root)
    with pytest.raises(CourseError, match="There is no lab 91"):
        read("91", root)


@pytest.mark.parametrize(("path", "name"), [(CHECKS, "CASES"), (HIDDEN, "CASES"), (HIDDEN, "WRONG_ANSWERS")])
def test_a_file_without_its_table_is_named(root, path, name):
    edit_file(root, path, f"{name} =", "OTHER =")
    with pytest.raises(CourseError, match=f"mean.*{name}"):
        read("90", root)


def test_every_function_has_a_name_of_its_own():
    names = [exercise.function for number, root in every_lab() for exercise in read(number, root).exercises]
    assert len(names) == len(set(names)) > 50


def test_an_edit_changes_the_solution_in_one_place(root):
    assert edit("a + b", "a - b", "2", "3").of("a + b + 2") == "a - b + 3"
    with pytest.raises(ValueError, match="occurs 2 times: a"):
        edit("a", "b").of("a + a")
    edit_file(root, HIDDEN, '"takes-median": """', '"takes-median": edit("nowhere", "there"),\n    "else": """')
    edit_file(root, HIDDEN, "from labsupport", "from course.answers import edit\nfrom labsupport")
    with pytest.raises(CourseError, match=r"answer takes-median of mean: .* occurs 0 times: nowhere"):
        read("90", root)


def test_a_broken_notebook_is_not_released(root):
    edit_notebook(root, no_points)
    with pytest.raises(CourseError, match="mean-check is graded but has no points"):
        release(root / "notebooks" / "90_small_lists.ipynb", root / "build")


def test_a_wrong_solution_is_noticed(root):
    edit_notebook(root, lambda cells, _: cells["mean"].update(source=cells["mean"].source.replace("/ len", "* len")))
    broken = read("90", root)
    assert any("the solution of mean fails 'whole numbers'" in complaint for complaint in proofs.solution_fails(broken))
    assert proofs.points_earned(broken, broken.notebook) < proofs.points_possible(broken)


def test_a_check_that_prints_more_is_noticed(root):
    edit_notebook(root, lambda cells, _: cells["mean-check"].update(source="check(mean)\nprint()"))
    assert any("prints" in complaint for complaint in proofs.solution_fails(read("90", root)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("// len(values)", "/ len(values)", "wrong answer rounds-down of mean is accepted by every case"),
        (
            '"forgets-count"',
            '"wrong-mean"',
            "wrong answer wrong-mean of mean is taken for forgets-count by the visible check",
        ),
        (
            "return float(sum(values))",
            "raise NotImplementedError",
            "wrong answer forgets-count of mean is no answer: it raises NotImplementedError",
        ),
    ],
)
def test_a_wrong_answer_that_is_not_recognised_is_noticed(root, old, new, complaint):
    edit_file(root, HIDDEN, old, new)
    assert complaint in proofs.wrong_answers_pass(read("90", root))


def test_only_a_hidden_case_sees_what_is_rare():
    lab = read("90", FIXTURE_ROOT)
    answers = dict(lab.wrong_answers["clip-pixels"])
    names = proofs.namespace(lab.notebook)
    proofs.run_source(answers["wraps-large"], "wraps-large", names)
    seen = [hidden for hidden, _, error in proofs.outcomes(lab, lab.exercises[1], names["clip_pixels"]) if error]
    assert seen == [True]


def test_a_right_answer_that_is_refused_is_noticed(root):
    clip = HIDDEN.replace("mean.py", "clip_pixels.py")
    assert proofs.right_answers_fail(read("90", FIXTURE_ROOT)) == []
    edit_file(root, clip, "np.maximum(pixels, 0), PIXEL_MAX)", "np.maximum(pixels, 0), 254)")
    [complaint] = proofs.right_answers_fail(read("90", root))[:1]
    assert "the right answer 'two functions' of clip-pixels fails 'a small image'" in complaint


def test_an_argument_that_never_differs_is_noticed(root):
    assert proofs.arguments_that_never_differ(read("90", FIXTURE_ROOT)) == []
    edit_file(root, HIDDEN.replace("mean.py", "split_batches.py"), "list(range(6)), 3", "list(range(6)), 2")
    found = proofs.arguments_that_never_differ(read("90", root))
    assert found == ["the argument batch_size of split-batches is the same in all cases"]


def test_a_lab_that_is_held_to_all_has_enough_of_everything(root, monkeypatch):
    monkeypatch.setattr(authoring, "HELD_TO_ALL", ("90",))
    found = problems(read("90", root))
    assert "exercise mean has 1 visible cases; at least 2 are needed" in found
    assert "exercise mean has 4 wrong answers; at least 5 are needed" in found
    assert "exercise mean has 0 right answers; at least 3 are needed" in found
    assert "exercise mean has 0 seeds of a hidden case; at least 3 are needed" in found


def test_a_stub_that_returns_is_noticed(root):
    path = release(root / "notebooks" / "90_small_lists.ipynb", root / "build")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("raise NotImplementedError", "print")
    complaints = proofs.checks_say_anything_else(notebook)
    assert len(complaints) == 4
    assert "CheckFailed" in complaints[0]


def test_every_kind_of_leak_is_noticed(root):
    lab = read("90", root)
    files = {
        "notebooks/90_small_lists.ipynb": lab.path.read_bytes(),
        HIDDEN: (root / HIDDEN).read_bytes(),
        "clip.py": (root / HIDDEN).with_name("clip_pixels.py").read_bytes(),
        "wrong.py": (root / HIDDEN).with_name("split_batches.py").read_bytes(),
    }
    found = "\n".join(proofs.leaks(lab, files))
    for leak in (
        "holds the solution of mean: total_of_values = sum(values)",
        "holds the solution of why-remainder: The last batch is smaller",
        "holds the instructor's note note-timing",
        "holds the hidden case of mean: two negative values",
        "holds the hidden case of clip-pixels: def drive_inside",
        "holds the answer changes-its-argument to split-batches",
        "cell mean-check has outputs",
        "cell imports has a count",
        "cell note-timing is for instructors",
        f"{HIDDEN} is not for students",
    ):
        assert leak in found


@pytest.mark.parametrize(
    ("shown", "leaks"),
    [
        ("saturated = np.clip(pixels, 0, PIXEL_MAX)\n", False),
        ("saturated = np.clip(pixels, 0, PIXEL_MAX)\nreturn saturated.astype(np.uint8)\n", True),
    ],
)
def test_a_bug_hunt_may_show_a_part_of_its_solution(root, shown, leaks):
    def show(cells, notebook):
        cells["pixel-max"].source = f"PIXEL_MAX = 255\nBROKEN = '''\n{shown}'''"

    edit_notebook(root, show)
    lab = read("90", root)
    files = {lab.path.name: release(lab.path, root / "build").read_bytes()}
    assert bool(proofs.leaks(lab, files)) == leaks


def test_a_driver_that_a_visible_case_has_too_is_no_secret(root):
    visible, hidden = root / "labsupport/checks/lab90/mean.py", root / "course/hidden/lab90/mean.py"
    source = visible.read_text()
    driver = source[source.index("def drive_mean") : source.index("def judge_mean")]
    text = hidden.read_text().replace("WRONG_ANSWERS =", f"{driver}WRONG_ANSWERS =", 1)
    hidden.write_text(f"{text}\n\nCASES += (Case('the same driver', judge=lambda result: None, driver=drive_mean),)\n")
    files = {"mean.py": visible.read_bytes()}
    assert proofs.leaks(read("90", root), files) == []


def test_what_runs_before_a_check():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("%matplotlib inline\nimport math\nmath.pi", id="imports"),
            nbformat.v4.new_code_cell("LIMIT = 3", id="limit", metadata={"tags": ["given"]}),
            nbformat.v4.new_code_cell("train_for_hours()\nfrom math import tau", id="train"),
            nbformat.v4.new_code_cell("def broken(:", id="broken"),
            nbformat.v4.new_code_cell(
                "def f():\n    import os", id="f", metadata={"nbgrader": {"solution": True, "grade_id": "f"}}
            ),
            nbformat.v4.new_markdown_cell("import this", id="text"),
        ]
    )
    assert [(piece.cell_id, piece.kind, piece.source) for piece in pieces(notebook)] == [
        ("imports", "imports", "import math\nfrom math import tau"),
        ("limit", "given", "LIMIT = 3"),
        ("f", "solution", "def f():\n    import os"),
    ]


def test_the_small_lab_keeps_the_rules():
    assert notebook_problems(read("90", FIXTURE_ROOT).notebook) == []
