"""The class list: who is to be in the table, and which submission is whose.

A list is a text file with one name a line, or a table with a line of headings, as platforms export it (CSV, with
commas, semicolons or tabs). Columns are known by their headings:

    Moodle, participants and grading worksheet   First name, Last name, Full name, ID number, Email address, Identifier
    Canvas, gradebook                            Student, ID, SIS User ID, SIS Login ID
    Blackboard                                   Last Name, First Name, Username, Student ID
    Brightspace                                  OrgDefinedId, Username, Last Name, First Name, Email

A submission is a person's by number, by e-mail or login, or by name, whatever the order of its parts, its accents and
capitals. Where these disagree, or where two people or two submissions fit, `join` refuses and names them.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course import CourseError
from labsupport import shown

NAMES = ("student", "name", "full name", "student name")
FIRST, LAST = ("first name", "given name"), ("last name", "surname", "family name")
NUMBERS = (
    "id",
    "id number",
    "identifier",
    "number",
    "orgdefinedid",
    "sis user id",
    "student id",
    "student number",
    "user id",
)
LOGINS = ("e-mail", "email", "email address", "login", "sis login id", "username")
MAX_LISTED = 10
_NOBODY = {"points possible", "student, test"}
_NUMBER = re.compile(r"(?<=_)\d+$|(?<![^\W_])\d{3,}(?![^\W_])")


@dataclass(frozen=True)
class Person:
    """Someone on a class list.

    Attributes:
        name: as the list spells it, an e-mail or a number where it has no name.
        numbers: digits by which a platform knows the person.
        logins: e-mail addresses, what stands before their @, user names.
        row: the person's row in a table of people, counted from 0 below the headings; -1 where the list is none.
    """

    name: str
    numbers: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    row: int = -1


@dataclass(frozen=True)
class Joined:
    """Submissions and a class list put together.

    Attributes:
        matches: student of a submission -> (person, "number", "e-mail" or "name").
        without: people who handed in nothing.
        unlisted: students of submissions who are not on the list.
    """

    matches: dict[str, tuple[Person, str]]
    without: list[Person]
    unlisted: list[str]

    def __str__(self) -> str:
        """Say how many were found, and how, in a line or two."""
        ways = [(way, sum(how == way for _, how in self.matches.values())) for way in ("number", "e-mail", "name")]
        counted = ", ".join(f"{count} by {way}" for way, count in ways if count)
        lines = [
            f"class list: {len(self.matches)} of {len(self.matches) + len(self.without)} people handed in"
            + (f" ({counted})" if counted else "")
        ]
        if self.unlisted:
            lines.append(f"not on the list: {some(self.unlisted)}")
        return "\n".join(lines)


def read(path: Path) -> list[Person]:
    """Read a class list.

    Raises:
        CourseError: it cannot be read, or is a table without a column that names people.
    """
    text = _text(path)
    first = text.lstrip().partition("\n")[0].lower().replace('"', "")
    if not {heading.strip() for heading in re.split("[,;\t]", first)} & {*NAMES, *FIRST, *LAST, *NUMBERS, *LOGINS}:
        return [Person(name) for line in text.splitlines() if (name := clean(line))]
    headings, rows, _ = read_table(path)
    if people := list(_people(headings, rows)):
        return people
    raise CourseError(f"{path} names nobody. It needs a column such as Student, Full name, Email or Username.")


def read_table(path: Path) -> tuple[list[str], list[list[str]], str]:
    """Return a table's headings, its rows as long as the headings, and what stands between two cells.

    Raises:
        CourseError: it cannot be read, or has no line of headings.
    """
    text = _text(path)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    headings, *rows = [
        row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))
    ] or [[]]
    if not headings:
        raise CourseError(f"{path} is empty.")
    return headings, [(row + [""] * len(headings))[: len(headings)] for row in rows], delimiter


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read as a class list: {error}") from None


def _people(headings: list[str], rows: list[list[str]]) -> Iterator[Person]:
    for number, row in enumerate(rows):
        fields = {heading.strip().lower(): clean(value) for heading, value in zip(headings, row, strict=True)}
        first, last = (next((fields[name] for name in names if fields.get(name)), "") for names in (FIRST, LAST))
        name = next((fields[heading] for heading in NAMES if fields.get(heading)), f"{first} {last}".strip())
        numbers = {digits for heading in NUMBERS for digits in re.findall(r"\d+", fields.get(heading, ""))}
        logins = {fields[heading].casefold().lstrip("#") for heading in LOGINS if fields.get(heading)}
        known_as = name or min(logins | numbers, default="")
        if known_as and known_as.casefold() not in _NOBODY:
            logins |= {login.partition("@")[0] for login in logins}
            yield Person(known_as, frozenset(numbers), frozenset(logins), number)


def join(people: Sequence[Person], students: Iterable[str]) -> Joined:
    """Find whose each submission is.

    Args:
        students: the names that `people.owner` read off the files.

    Raises:
        CourseError: two people fit a submission, two submissions fit a person, or number and name disagree.
    """
    by_number, by_login, by_name = (_index(people, keys) for keys in (_numbers, _logins, _names))
    matches: dict[str, tuple[Person, str]] = {}
    unlisted = []
    for student in students:
        ways = (
            ("number", [by_number.get(digits, []) for digits in _NUMBER.findall(student)]),
            ("e-mail", [by_login.get(student.casefold(), []), by_login.get(_alone(student).casefold(), [])]),
            ("name", [by_name.get(_letters(_alone(student)), [])]),
        )
        found = [(way, {id(person): person for fits in lists for person in fits}) for way, lists in ways]
        found = [(way, fits) for way, fits in found if fits]
        if not found:
            unlisted.append(student)
            continue
        common = {key: person for key, person in found[0][1].items() if all(key in fits for _, fits in found)}
        if len(common) != 1:
            raise CourseError(_who_is_it(student, found))
        matches[student] = (next(iter(common.values())), found[0][0])
    _refuse_two_of_one(matches)
    handed_in = {id(person) for person, _ in matches.values()}
    return Joined(matches, [person for person in people if id(person) not in handed_in], unlisted)


def _refuse_two_of_one(matches: Mapping[str, tuple[Person, str]]) -> None:
    whose: dict[int, list[str]] = {}
    for student, (person, _) in matches.items():
        whose.setdefault(id(person), []).append(student)
    for students in whose.values():
        if len(students) > 1:
            name = matches[students[0]][0].name
            raise CourseError(
                f"{some(students)}: by the class list these are submissions of one person, {name}. Take out all except "
                "the one that counts, or put them into one folder; a row of an earlier run goes with --remove NAME."
            )


def _who_is_it(student: str, found: list[tuple[str, dict[int, Person]]]) -> str:
    fits = "; ".join(f"by {way}: {some([person.name for person in people.values()])}" for way, people in found)
    return (
        f"The submission of {student!r} fits several people of the class list ({fits}). Put the number or the e-mail "
        "address of its owner into the file's name."
    )


def missing_as(person: Person, people: Sequence[Person]) -> str:
    """Return how a person without a submission stands in the table: the name, with a number where it is shared."""
    alike = [other for other in people if other.name == person.name]
    more = sorted(person.numbers) or sorted(person.logins)
    return f"{person.name}_{more[0]}" if len(alike) > 1 and more else person.name


def _index(people: Sequence[Person], keys: Callable[[Person], set[str]]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in people:
        for key in keys(person):
            found.setdefault(key, []).append(person)
    return found


def _numbers(person: Person) -> set[str]:
    return set(person.numbers) | set(_NUMBER.findall(person.name))


def _logins(person: Person) -> set[str]:
    return set(person.logins) | ({person.name.casefold()} if "@" in person.name else set())


def _names(person: Person) -> set[str]:
    """Return a name's letters in every order that platforms write: each part of it may come first."""
    parts = _alone(person.name).replace(",", " ").split()
    return {_letters("".join(parts[at:] + parts[:at])) for at in range(len(parts))} - {""}


def _alone(student: str) -> str:
    """Return a name without the numbers in it."""
    return _NUMBER.sub("", student).strip(" _-")


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def clean(text: str) -> str:
    """Return the text of a cell or a line as people wrote it, made safe to show."""
    text = unicodedata.normalize("NFC", text).strip()
    return shown.line(text[1:] if re.match("'[=+@-]", text) else text)  # the apostrophe is a spreadsheet's


def some(names: Sequence[str]) -> str:
    """Return names for a sentence: the first ones, and how many more there are."""
    return ", ".join(
        [*names[:MAX_LISTED], *([f"and {len(names) - MAX_LISTED} more"] if len(names) > MAX_LISTED else [])]
    )
