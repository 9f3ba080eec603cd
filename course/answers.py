"""Wrong answers to an exercise: written out, or as an edit of the solution where they are one.

Each stands under the slug that its mistake must be given. Where two share a slug, words after a comma tell them apart.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """What a wrong answer changes in the solution: (text, replacement) pairs."""

    changes: tuple[tuple[str, str], ...]

    def of(self, solution: str) -> str:
        """Return the solution with the changes made.

        Raises:
            ValueError: a text does not stand in the solution exactly once.
        """
        for old, new in self.changes:
            if solution.count(old) != 1:
                raise ValueError(
                    f"an edit needs a text that occurs once; this occurs {solution.count(old)} times: {old}"
                )
            solution = solution.replace(old, new)
        return solution


def edit(*texts: str) -> Edit:
    """Return an edit of the solution: old text, new text, and as many further pairs as it needs."""
    return Edit(tuple(zip(texts[::2], texts[1::2], strict=True)))
