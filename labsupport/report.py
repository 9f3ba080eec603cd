"""The report of an experiment: what was changed, beside what, what came out, and what follows."""

from labsupport.predictions import plain_text

REPORT_MIME = "application/vnd.labs.report+json"
PARTS = ("change", "control", "result", "conclusion")


def report(*, change: object, control: object, result: object, conclusion: object) -> None:
    """Show an experiment as four lines, and keep them in the cell's output.

    Args:
        change: what was done differently, and to which network.
        control: what it is compared with: the same budget, without the change.
        result: the numbers of both sides, with units.
        conclusion: one sentence that the result supports.

    Raises:
        ValueError: a part is empty; the message names it.
    """
    given = dict(zip(PARTS, (change, control, result, conclusion), strict=True))
    parts = {name: "" if value in (None, ...) else plain_text(value).strip() for name, value in given.items()}
    missing = [name for name, text in parts.items() if not text]
    if missing:
        raise ValueError(f"The report has no {' and no '.join(missing)}: say it in a few words, with your numbers.")
    from IPython.display import display

    width = max(map(len, PARTS))
    lines = [f"{name:<{width}}  {text}" for name, text in parts.items()]
    display({REPORT_MIME: parts, "text/plain": "\n".join(lines)}, raw=True)
