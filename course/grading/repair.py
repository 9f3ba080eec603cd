"""From a file of any kind to a student's answers: found by cell id, by grade_id, or by where they stand.

Only three things are ever taken from a submission: the source of its exercise cells, the text of its questions, and its
import statements. All else comes from the release, so that nothing a student deletes, doubles, moves or changes
elsewhere matters. What had to be repaired is said in sentences that the student may read.

Every step takes time and memory in proportion to the file, and no step is trusted to: `reading` calls this in a process
that may die.
"""

import builtins
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property

from course.cells import CHECK_SUFFIX
from course.grading.released import Release
from course.grading.sources import code_in, defines, helpers, names_bound, without_calls
from course.grading.texts import examine
from labsupport import shown
from labsupport.carry import release_of
from labsupport.checks.pieces import MAX_SOURCE, STAR, imports
from labsupport.claims import VERDICTS_MIME
from labsupport.report import PARTS, REPORT_MIME

MAX_BYTES = 50_000_000
MAX_CELLS = 2000
MAX_PICTURES = 2_000_000
MAX_ATTACHMENTS = 100
MAX_NAME = 100
MAX_OUTPUTS = 100
MAX_PART = 500
ENOUGH_OF_A_LAB = 0.5
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MINUTES = "minutes-taken"
MAX_MINUTES = 6000
_TAKEN = re.compile(r"^taken\s*=\s*(\d{1,6}(?:\.\d{1,6})?)\s*(?:#.*)?$", re.MULTILINE)
_PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=\s]+")


class NotGradableError(Exception):
    """The file is no submission of this lab: one sentence, never the same as zero points."""


@dataclass(frozen=True)
class Answers:
    """What a submission answers.

    Attributes:
        sources: code by the grade_id of its exercise; an unsolved one has the release's stub.
        texts: answers by the grade_id of their question: words with their pictures, or code with its stored report.
        imports: import statements of the student's other cells, each after the exercise before which it acts, or "".
        unsolved: grade_ids of exercises and questions that still are as released.
        notes: what was repaired, one sentence each.
        minutes: that the lab took, as the student says at its end; 0 where nothing is said.
        said: of each text whether it is complete, and a sentence on that.
    """

    sources: dict[str, str]
    texts: dict[str, str]
    imports: tuple[tuple[str, str], ...]
    unsolved: frozenset[str]
    notes: tuple[str, ...]
    minutes: float = 0.0
    said: dict[str, tuple[bool, str]] = field(default_factory=dict)


@dataclass
class _Cell:
    """A cell as submitted, of any notebook format; `of` is the release's cell that it was found to be."""

    kind: str
    source: str
    identity: str = ""
    grade_id: str = ""
    pictures: dict[str, str] = field(default_factory=dict)
    report: dict[str, str] = field(default_factory=dict)
    ledger: str = ""
    printed: str = ""
    of: str = ""
    code: str = ""

    @cached_property
    def even(self) -> str:
        """The source without what differs between editors."""
        return _even(self.source)


def repair(content: bytes, release: Release, functions: dict[str, str], labs: dict[str, frozenset[str]]) -> Answers:
    """Find a submission's answers.

    Args:
        content: the file.
        release: what the students of this lab were given.
        functions: grade_id -> the function that the exercise defines.
        labs: number of every other lab -> its grade_ids, to recognise a file handed in for the wrong one.

    Raises:
        NotGradableError: the file is no notebook, or not of this lab.
    """
    cells, metadata = _read(content)
    notes: list[str] = list(_of_another_release(metadata, release))
    _map(cells, release, functions, notes)
    _recognise(cells, release, labs)
    stubs = release.stubs
    known = _known(release)
    chosen = {
        name: _find(name, functions[name], cells, release, known, notes)
        if name in functions
        else _choose(name, cells, stub, notes)
        for name, stub in stubs.items()
    }
    sources, texts, unsolved = {}, {}, set()
    for name, stub in stubs.items():
        cell = chosen[name]
        if cell is not None and name in release.questions and cell.even in ("", _even(stub)):
            cell = _below(name, cell, cells, notes)
        if cell is None or cell.even in ("", _even(stub)):
            unsolved.add(name)
        source = stub if cell is None else cell.source
        if len(source) > MAX_SOURCE and name in release.questions and name not in release.own:
            source = cell.source = _PICTURE.sub("(a picture was left out)", source)
        if len(source) > MAX_SOURCE:
            notes.append(f"The answer in '{name}' is longer than {MAX_SOURCE} characters and was left out.")
            source = stub
            unsolved.add(name)
        if name in release.exercises:
            sources[name] = source
        elif name in release.own:
            texts[name] = source if name in unsolved else f"{source}\n\n{_report(name, cell, notes)}"
        else:
            texts[name] = source if cell is None else _with_pictures(cell, notes)
    if release.own and not any(cell.ledger for cell in cells):
        notes.append("The table of verdicts is not in the file: run the lab to its end and save it.")
    ledger = "\n".join(cell.ledger for cell in cells)
    said = {}
    for name in texts.keys() - unsolved:
        cell = chosen[name]
        words = "\n".join(map(_text, cell.report.values())) if name in release.own else texts[name]
        said[name] = examine(words, f"{ledger}\n{cell.printed}", is_report=name in release.own)
    statements = _own_imports(cells, release, notes)
    notes += _changes(cells, release)
    return Answers(sources, texts, statements, frozenset(unsolved), tuple(notes), _minutes(cells), said)


def read_cells(content: bytes) -> list[_Cell]:
    """Read the cells of a notebook of format 3 or 4, or anything close to it.

    Raises:
        NotGradableError: the file is none.
    """
    return _read(content)[0]


def _read(content: bytes) -> tuple[list[_Cell], object]:
    """Return a notebook's cells and metadata."""
    if len(content) > MAX_BYTES:
        raise NotGradableError(f"the file has {len(content) / 1e6:.0f} MB, more than {MAX_BYTES / 1e6:.0f} MB")
    if not content.strip(b"\0 \t\r\n"):
        raise NotGradableError("the file is empty")
    try:
        content = content.rstrip(b"\0") if content[:2] not in _UTF_16 else content  # what a damaged disk leaves
        notebook = json.loads(content.decode("utf-16" if content[:2] in _UTF_16 else "utf-8-sig"))
    except UnicodeDecodeError:
        raise NotGradableError("the file is no notebook: it is not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise NotGradableError(f"the file is no notebook: it is not JSON ({str(error)[:100]})") from None
    if not isinstance(notebook, dict):
        raise NotGradableError("the file is JSON but no notebook")
    listed = notebook.get("cells")
    if listed is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        listed = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(listed, list):
        raise NotGradableError("the file is JSON but no notebook: it has no list of cells")
    if len(listed) > MAX_CELLS:
        raise NotGradableError(f"the notebook has {len(listed)} cells, more than {MAX_CELLS}")
    return [_cell(cell) for cell in listed if isinstance(cell, dict)], notebook.get("metadata")


def _of_another_release(metadata: object, release: Release) -> Iterator[str]:
    """Say which release a file is of, where it is another one, and which cells to fill in have changed since."""
    theirs, before = release_of(metadata)
    ours, now = release_of(release.notebook.metadata)
    if not theirs or theirs == ours:
        return
    changed = [name for name in release.stubs if before.get(name) != now.get(name)]
    gone = len(before.keys() - now.keys())
    what = f"the text of {_names(changed)} changed since" if changed else "no text of an exercise or a question changed"
    more = f", and {gone} of its cells are no longer there" if gone else ""
    yield f"The file is of release {shown.line(theirs)}, and is graded as one of {ours}: {what}{more}."


def _cell(raw: dict) -> _Cell:
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = raw.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = about.get("grade_id") if isinstance(about, dict) else ""
    pictures = {}
    for name, data in raw["attachments"].items() if isinstance(raw.get("attachments"), dict) else ():
        for kind in ("image/png", "image/jpeg"):
            if isinstance(data, dict) and isinstance(data.get(kind), str):
                pictures[_text(name)] = f"data:{kind};base64,{re.sub('[^A-Za-z0-9+/=]', '', data[kind])}"
    return _Cell(
        kind="code" if raw.get("cell_type") == "code" else "text",
        source=_text(source),
        identity=_text(raw.get("id")),
        grade_id=_text(grade_id),
        pictures=pictures,
        report=_stored(raw, REPORT_MIME),
        ledger=_ledger(raw),
        printed=_printed(raw),
    )


def _stored(raw: dict, kind: str) -> dict:
    """Return the last dict of a kind in a cell's stored outputs, for which nobody vouches; empty without one."""
    outputs = raw.get("outputs")
    for output in reversed(outputs[-MAX_OUTPUTS:] if isinstance(outputs, list) else []):
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict) and isinstance(data.get(kind), dict):
            return data[kind]
    return {}


def _ledger(raw: dict) -> str:
    """Return a cell's stored table of verdicts as text, "" without one."""
    stored = _stored(raw, VERDICTS_MIME)
    return json.dumps(stored)[:MAX_SOURCE] if stored.get("claims") else ""


def _printed(raw: dict) -> str:
    """Return the text in a cell's stored outputs, without a report."""
    outputs = raw.get("outputs")
    found = []
    for output in outputs[-MAX_OUTPUTS:] if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict) and REPORT_MIME in data:
            continue
        text = (
            data.get("text/plain") if isinstance(data, dict) else output.get("text") if isinstance(output, dict) else ""
        )
        lines = text if isinstance(text, list) else [text]
        found += [_text(line) for line in lines]
    return "\n".join(found)[:MAX_SOURCE]


def _text(value: object) -> str:
    """Return a string that any encoding of Unicode can hold; anything but a string is empty."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _map(cells: list[_Cell], release: Release, functions: dict[str, str], notes: list[str]) -> None:
    """Say of each cell which one of the release it is: by id, by grade_id, and for what is missing by its place."""
    for cell in cells:
        cell.of = next((name for name in (cell.identity, cell.grade_id) if name in release.cells), "")
    renamed = []
    for name in (name for name in release.stubs if not any(cell.of == name for cell in cells)):
        if name in functions:
            defines = re.compile(rf"^(?:def|class)\s+{functions[name]}\b", re.MULTILINE)
            found = [cell for cell in cells if not cell.of and cell.kind == "code" and defines.search(cell.source)]
        else:
            kind = "code" if name in release.own else "text"
            found = _in_place_of(name, kind, cells, release)
        for cell in found:
            cell.of = name
        renamed += [name] if found else []
    if renamed:
        notes.append(f"Without the id that it had in the lab, found by function or place: {_names(renamed)}.")


def _in_place_of(name: str, kind: str, cells: list[_Cell], release: Release) -> list[_Cell]:
    """Return the cells of a kind between those that stand before and after a cell in the release."""
    theirs, ours = [cell.even for cell in cells], [_even(source) for source in release.cells.values()]
    place = list(release.cells).index(name)
    start, stop = -1, len(cells)
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for ours_at, theirs_at in zip(
            range(block.a, block.a + block.size), range(block.b, block.b + block.size), strict=True
        ):
            if ours_at == place:
                return [cells[theirs_at]]
            if ours_at < place:
                start = theirs_at
            else:
                stop = min(stop, theirs_at)
    if start < 0:
        return []
    return [cell for cell in cells[start + 1 : stop] if not cell.of and cell.kind == kind]


def _recognise(cells: list[_Cell], release: Release, labs: dict[str, frozenset[str]]) -> None:
    """Raise NotGradableError unless there is an answer of this lab, or most of its cells."""
    found = {cell.of for cell in cells} - {""}
    answers = found & release.stubs.keys()
    theirs = {cell.identity for cell in cells} | {cell.grade_id for cell in cells}
    other, most = max(((lab, len(ids & theirs)) for lab, ids in labs.items()), key=lambda p: p[1], default=("", 0))
    if most > len(answers):
        raise NotGradableError(f"this is a notebook of lab {other}")
    same = {cell.even for cell in cells}
    kept = [name for name, source in release.cells.items() if name in found or (_even(source) or name) in same]
    if not answers and len(kept) < ENOUGH_OF_A_LAB * len(release.cells):
        raise NotGradableError("the notebook has no cell of this lab that could be graded")


def _known(release: Release) -> frozenset[str]:
    """Return the names that an answer finds without the student's doing."""
    given = [source for name, source in release.code.items() if name in release.given or name in release.exercises]
    return frozenset(name for source in (*given, *release.imports) for name in names_bound(source))


def _find(
    name: str, function: str, cells: list[_Cell], release: Release, known: frozenset[str], notes: list[str]
) -> _Cell | None:
    """Return the cell that answers an exercise, with the helpers that a split or a copy left in other cells.

    Of several copies the last one that defines the function counts. Where none does, any cell that does: one of the
    student's own, a check or an answer into which it was merged, a text cell with code in it.
    """
    stub = release.exercises[name]
    copies = [cell for cell in cells if cell.of == name]
    filled = [cell for cell in copies if cell.even not in ("", _even(stub))]
    for cell in filled:
        cell.code = code_in(cell.source, is_text=cell.kind == "text")
    defining = [cell for cell in filled if defines(cell.code, function)]
    if not defining:
        return _elsewhere(name, function, cells, release, notes) or _choose(name, cells, stub, notes)
    chosen = defining[-1]
    if len(copies) > 1:
        notes.append(f"The cell '{name}' is there {len(copies)} times; the last one that defines {function} counts.")
    if chosen.kind == "text":
        notes.append(f"The cell '{name}' is a text cell; the code in it counts.")
    parts = [cell for cell in copies if cell is not chosen] + _neighbours(chosen, cells)
    missing = helpers(chosen.code, [code_in(cell.source, is_text=cell.kind == "text") for cell in parts], known)
    if missing:
        notes.append(f"Definitions that '{name}' needs were found in other cells, and put before it.")
    return replace(chosen, source="\n\n".join([*missing, chosen.code]))


def _elsewhere(name: str, function: str, cells: list[_Cell], release: Release, notes: list[str]) -> _Cell | None:
    """Return the last cell of any kind that defines the function, without what it calls."""
    for cell in reversed(cells):
        if cell.of == name or function not in cell.source or cell.even == _even(release.cells.get(cell.of, "")):
            continue
        if cell.kind == "text" and "```" not in cell.source and "~~~" not in cell.source:
            continue
        code = code_in(cell.source, is_text=cell.kind == "text")
        if defines(code, function) and _even(code) != _even(release.exercises[name]):
            notes.append(f"The answer to '{name}' was found in another cell, which defines {function}.")
            missing = helpers(
                without_calls(code), [other.source for other in _neighbours(cell, cells)], _known(release)
            )
            return replace(cell, kind="code", source="\n\n".join([*missing, without_calls(code)]))
    return None


def _neighbours(cell: _Cell, cells: list[_Cell]) -> list[_Cell]:
    """Return the student's own code cells around a cell, up to the next cells of the release on both sides."""
    place = next(number for number, other in enumerate(cells) if other is cell)
    before = itertools.takewhile(lambda other: not other.of or other.of == cell.of, reversed(cells[:place]))
    after = itertools.takewhile(lambda other: not other.of or other.of == cell.of, cells[place + 1 :])
    return [other for other in (*reversed(list(before)), *after) if other.kind == "code" and not other.of]


def _below(name: str, cell: _Cell, cells: list[_Cell], notes: list[str]) -> _Cell:
    """Return an untouched question, or the text cells of the student's own that stand right below it as its answer."""
    place = next(number for number, other in enumerate(cells) if other is cell)
    own = [other for other in itertools.takewhile(lambda other: not other.of, cells[place + 1 :]) if other.even]
    own = [other for other in own if other.kind == cell.kind]
    if not own:
        return cell
    notes.append(f"'{name}' is as it was; what stands in own cells below it is taken for its answer.")
    pictures = {key: picture for other in own for key, picture in other.pictures.items()}
    report = next((other.report for other in reversed(own) if other.report), cell.report)
    return replace(cell, source="\n\n".join(other.source for other in own), pictures=pictures, report=report)


def _choose(name: str, cells: list[_Cell], stub: str, notes: list[str]) -> _Cell | None:
    """Return the cell that answers: of several the last one that was filled in."""
    found = [cell for cell in cells if cell.of == name]
    if not found:
        notes.append(f"The cell '{name}' is missing; it counts as not answered.")
        return None
    filled = [cell for cell in found if cell.even not in ("", _even(stub))]
    if len(found) > 1:
        which = "the last one that was filled in counts" if filled else "none is filled in"
        notes.append(f"The cell '{name}' is there {len(found)} times; {which}.")
    return (filled or found)[-1]


def _report(name: str, cell: _Cell, notes: list[str]) -> str:
    """Return the report in a cell's stored output as comments; a note says what it lacks."""
    parts = {part: shown.line(_text(cell.report.get(part)).strip()[:MAX_PART]) for part in PARTS}
    missing = [part for part, text in parts.items() if not text]
    if len(missing) == len(PARTS):
        notes.append(f"The cell '{name}' holds no report: run it, and save the notebook, before you hand it in.")
        return "# no report is stored with this cell"
    if missing:
        notes.append(f"The report of '{name}' has no {' and no '.join(missing)}.")
    return "\n".join(f"# {part}: {text}" for part, text in parts.items())


def _own_imports(cells: Sequence[_Cell], release: Release, notes: list[str]) -> tuple[tuple[str, str], ...]:
    """Return the import statements of the student's other cells, each once, with the exercise before which it stands.

    One that gives nothing but new names acts from the start, as "" says: answers may have been run after it, wherever
    it stands. One that may give another meaning to a name acts from where it stands.

    Raises:
        NotGradableError: they have more than MAX_SOURCE characters.
    """
    taken = _known(release) | set(dir(builtins))
    statements: dict[tuple[str, str], None] = {}
    size, following = 0, None
    for cell in reversed(cells):
        if cell.of in release.exercises:
            following = cell.of
        if cell.kind != "code" or cell.of in release.stubs or (cell.of and cell.even == _even(release.code[cell.of])):
            continue
        if len(cell.source) > MAX_SOURCE:
            notes.append(f"A code cell of more than {MAX_SOURCE} characters was not looked through for imports.")
        for statement in reversed([line for line in imports(cell.source) if line not in release.imports]):
            is_safe = not statement.endswith(STAR) and not names_bound(statement) & taken
            place = "" if is_safe else following
            if place is not None and (place, statement) not in statements:
                size += len(statement)
                statements[place, statement] = None
            if size > MAX_SOURCE:
                raise NotGradableError(f"its own import statements have more than {MAX_SOURCE} characters")
    return tuple(reversed(statements))


def _with_pictures(cell: _Cell, notes: list[str]) -> str:
    """Return a cell's text with its attached pictures in it."""
    text, size = cell.source, 0
    if len(cell.pictures) > MAX_ATTACHMENTS:
        notes.append(f"The {len(cell.pictures)} pictures of an answer, more than {MAX_ATTACHMENTS}, were left out.")
        return text
    for name, address in cell.pictures.items():
        size += len(address) * text.count(f"attachment:{name}")
        if size > MAX_PICTURES:
            notes.append(f"The picture '{shown.line(name[:MAX_NAME])}' is too large and was left out.")
            continue
        text = text.replace(f"attachment:{name}", address)
    return text


def _minutes(cells: list[_Cell]) -> float:
    """Return the number in the last cell that asks how many minutes the lab took; 0 without one that can be."""
    said = [match[1] for cell in cells if cell.of == MINUTES and (match := _TAKEN.search(cell.source))]
    minutes = float(said[-1]) if said else 0.0
    return minutes if minutes < MAX_MINUTES else 0.0


def _changes(cells: list[_Cell], release: Release) -> Iterator[str]:
    """Say which cells that are not the student's were changed, are missing or stand twice."""
    locked = {**release.given, **{f"{name}{CHECK_SUFFIX}": source for name, source in release.checks.items()}}
    by_name: dict[str, list[_Cell]] = {}
    for cell in cells:
        by_name.setdefault(cell.of, []).append(cell)
    same = {cell.even for cell in cells}
    changed = [n for n, own in locked.items() if any(c.even != _even(own) for c in by_name.get(n, ()))]
    missing = [n for n, own in locked.items() if n not in by_name and _even(own) not in same]
    if changed:
        yield f"The lab's own version of {_names(changed)} counts, not the changed one."
    if missing:
        yield f"The missing {_names(missing)} {'was' if len(missing) == 1 else 'were'} put back."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _even(source: str) -> str:
    """Return a source without what differs between editors: line ends and white space at the ends of lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
