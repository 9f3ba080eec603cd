"""The small course of the fixtures, with one lab of its own, and all labs that proofs run over."""

from pathlib import Path

from course.notebooks import find_labs
from labsupport import PROJECT_DIR

FIXTURE_ROOT = Path(__file__).parent / "fixtures" / "course"


def every_lab() -> list[tuple[str, Path]]:
    """Return number and root of the small lab of the fixtures and of every real lab."""
    return [(path.name[:2], root) for root in (FIXTURE_ROOT, PROJECT_DIR) for path in find_labs(root=root)]
