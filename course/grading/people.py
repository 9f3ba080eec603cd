"""Whose file it is: the name that a learning platform, a browser or a person gave it, read as a student's.

The forms, as the platforms document them or as their downloads show:

    Anna Berg_12345_assignsubmission_file_/lab.ipynb             Moodle, in folders; also flat: ..._file_lab (1).ipynb
    berganna_12345_67890_lab-2.ipynb, berganna_LATE_...          Canvas; anon_AbC12_67890_lab.ipynb where it hides names
    Lab 00_sberg_attempt_2026-11-30-10-11-12_lab.ipynb           Blackboard; a text file beside each attempt
    12345-67890 - Anna Berg - Nov 30, 2026 1011 AM - lab.ipynb   Brightspace
    submission_12345/lab.ipynb                                   Gradescope, with submission_metadata.yml beside

Everything else is a name as people write it: `anna/`, `anna.ipynb`, `anna_lab.ipynb`, `lab - anna (2).ipynb`.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from labsupport import shown

_MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_\w*?.*")
_CANVAS = re.compile(r"(?P<name>.+?)(?:_LATE)?_(?P<number>\d+)_(?P<attempt>\d+)_(?P<file>.+)")
_CANVAS_HIDDEN = re.compile(r"(?P<name>anon_[A-Za-z0-9]{5})(?:_LATE)?_(?P<attempt>\d+)_(?P<file>.+)")
_BLACKBOARD = re.compile(r".+_(?P<name>[^_]+)_attempt_(?P<when>\d{4}(?:-\d{2}){5})(?:_.*)?")
_BRIGHTSPACE = re.compile(
    r"(?P<number>\d+)-\d+ - (?P<name>.+?) - (?P<when>[A-Z]\w+ \d{1,2}, \d{4} \d{3,4} [AP]M)(?: - .*)?"
)
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d+\)$|-\d{1,2}$")
_COPY_WORDS = re.compile(r"(?i)(?:copy of|kopie von|copie de|copia de|kopi af|kopia)\b[ _-]*|[ _-]*\bcopy(?: \d+)?$")
_SUFFIXES = re.compile(r"(?i)(?:\.(?:ipynb|json|onnx|txt|zip))+$")


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Attributes:
        student: the name; with the platform's number of the student where there is one, since names may be shared.
        attempt: which of a student's files it is, as the platform counts; larger is later.
        is_platforms: the platform wrote the name, not a person.
    """

    student: str
    attempt: int = 0
    is_platforms: bool = False


def owner(path: PurePosixPath, stem: str) -> Owner:
    """Read the student's name off the first part of a path.

    Args:
        path: of a file, from the folder of all submissions on.
        stem: the released notebook's name without .ipynb; it may be part of a file's name.

    Returns:
        The owner; its student is "" where the file has nobody's name, such as the lab's own name alone.
    """
    first = unicodedata.normalize("NFC", shown.line(path.parts[0]))
    is_folder = len(path.parts) > 1
    name = first if is_folder else _SUFFIXES.sub("", first)
    if not is_folder and name == first:
        name = PurePosixPath(first).stem
    if match := _BRIGHTSPACE.fullmatch(name):
        when = datetime.strptime(re.sub(r" (\d{3}) ", r" 0\1 ", match["when"]), "%b %d, %Y %I%M %p")
        return Owner(f"{match['name']}_{match['number']}", int(when.timestamp()), is_platforms=True)
    if match := _BLACKBOARD.fullmatch(name):
        return Owner(match["name"], int(match["when"].replace("-", "")), is_platforms=True)
    if match := _MOODLE.fullmatch(name):
        student = "_".join(filter(None, (match["name"], match["number"])))
        return Owner(student, is_platforms=True)
    if match := _CANVAS_HIDDEN.fullmatch(name):
        return Owner(match["name"], int(match["attempt"]), is_platforms=True)
    if match := _CANVAS.fullmatch(name):
        return Owner(f"{match['name']}_{match['number']}", int(match["attempt"]), is_platforms=True)
    if is_folder:
        return Owner(name)
    without = _DOWNLOADED_AGAIN.sub("", name) if stem in name else re.sub(r" ?\(\d+\)$", "", name)
    without = re.sub(rf"[ _-]*{re.escape(stem)}[ _-]*", " ", without)
    return Owner(_COPY_WORDS.sub("", without).strip(" _-"))
