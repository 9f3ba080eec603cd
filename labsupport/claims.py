"""Claims and their verdicts: what is claimed, the limit it is held against, what was measured.

A claim is put as one number against a limit. What was measured has a 95 % interval: the claim *holds* when the whole
interval is on the good side of the limit, it is *refuted* when the whole interval is on the other, and otherwise it is
*not decided*.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from labsupport.predictions import plain_text

VERDICTS_MIME = "application/vnd.labs.verdicts+json"
CLAIMS_MIME = "application/vnd.labs.claims+json"
TABLE_HEADER = ("claim", "measured", "verdict", "basis", "source")
BASES = ("live", "recorded", "published")
TIME_MARGIN = 0.05

HOLDS, REFUTED, NOT_DECIDED = "holds", "refuted", "not decided"


class Measured(Protocol):
    """A number with its 95 % interval, such as a `measure.Ratio`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Interval:
    """A measured number with its 95 % interval; an exact one has none."""

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> "Interval":
        """Return the interval of a number that was counted, not estimated."""
        return cls(value, value, value)


@dataclass(frozen=True)
class Claim:
    """What is claimed, as one number against limits.

    Attributes:
        text: the claim, in the course's words.
        quantity: the number that is compared, in words: "points lost on test".
        at_least: the lower limit, in `unit`; None for none.
        at_most: the upper limit, in `unit`; None for none.
        unit: "MB", "points", "x".
        is_time: nothing is decided while an end of the interval lies within 5 % of a limit.

    Raises:
        ValueError: the claim has no limit, or an empty range.
    """

    text: str
    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    is_time: bool = False

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"The claim {self.text!r} has no limit: give at_least, at_most, or both.")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"The claim {self.text!r} has an empty range: {self.at_least} to {self.at_most}.")

    @property
    def rule(self) -> str:
        """What counts as *holds*, one short line."""
        return f"{self.quantity}: {self.limit}"

    @property
    def limit(self) -> str:
        """The limits with their unit."""
        if self.at_most is None:
            return f"at least {_with_unit(self.at_least, self.unit)}"
        if self.at_least is None:
            return f"at most {_with_unit(self.at_most, self.unit)}"
        return f"{self.at_least:g} to {_with_unit(self.at_most, self.unit)}"

    def verdict(self, measured: Measured | float) -> str:
        """Return "holds", "refuted" or "not decided" for a number with its interval, or for an exact number."""
        interval = _interval(measured)
        sides = []
        if self.at_least is not None:
            sides.append(self._side(interval.low, interval.high, self.at_least))
        if self.at_most is not None:
            sides.append(self._side(-interval.high, -interval.low, -self.at_most))
        if REFUTED in sides:
            return REFUTED
        return HOLDS if set(sides) == {HOLDS} else NOT_DECIDED

    def _side(self, low: float, high: float, limit: float) -> str:
        margin = TIME_MARGIN * abs(limit) if self.is_time else 0.0
        if low >= limit + margin:
            return HOLDS
        return REFUTED if high < limit - margin else NOT_DECIDED


def common_verdict(verdicts: Mapping[str, str]) -> str:
    """Return one verdict for several networks: theirs where all agree, else for which it holds.

    Args:
        verdicts: by what distinguishes them, in words that complete "holds when ...".
    """
    found = set(verdicts.values())
    if len(found) == 1:
        return found.pop()
    where = [name for name, verdict in verdicts.items() if verdict == HOLDS]
    return f"holds when {' or '.join(where)}" if where else NOT_DECIDED


def _interval(measured: Measured | float) -> Measured:
    return Interval.exact(float(measured)) if isinstance(measured, int | float) else measured


def _with_unit(value: float, unit: str) -> str:
    return f"{value:g}{unit}" if unit in ("", "x") else f"{value:g} {unit}"


def _shown(measured: Measured, unit: str) -> str:
    value = _with_unit(float(f"{measured.value:.4g}"), unit)
    if measured.low == measured.high:
        return value
    return f"{value} ({measured.low:.4g} to {measured.high:.4g})"


def show_claims(*claims: Claim) -> None:
    """Show the claims under test with the rule of each; a test finds one that never gets a verdict."""
    from IPython.display import display

    header, rows = ("claim", "holds if"), [(claim.text, claim.rule) for claim in claims]
    bundle = {
        CLAIMS_MIME: [asdict(claim) for claim in claims],
        "text/markdown": markdown_table(header, rows),
        "text/plain": text_table(header, rows, 56),
    }
    display(bundle, raw=True)


@dataclass(frozen=True)
class Entry:
    """One row of the ledger.

    Attributes:
        claim: in the course's words.
        measured: the value with its unit, rounded as it should be shown.
        verdict: one of the five forms.
        basis: "live" (measured on this machine, now), "recorded" (in a run whose table the lab shows), "published".
        source: what the row rests on: network, data, images, seeds; or where a published figure comes from.
        numbers: value, low, high and limits as numbers, by network; empty for a row that is words alone.
    """

    claim: str
    measured: str
    verdict: str
    basis: str
    source: str = ""
    numbers: dict[str, dict[str, float | str | None]] = field(default_factory=dict)


class Ledger:
    """The claims of one lab with what was measured."""

    def __init__(self, lab: str, hardware: str = "", recorded_on: str = "") -> None:
        """Start an empty ledger.

        Args:
            lab: the lab's number, such as "00".
            hardware: one line about this machine, which the live rows were measured on.
            recorded_on: one line about the machine of the recorded rows.
        """
        self.lab = lab
        self.hardware = str(hardware)
        self.recorded_on = str(recorded_on)
        self._entries: dict[str, Entry] = {}

    def record(self, claim: str, measured: object, verdict: str, *, basis: str, source: str = "") -> None:
        """Write one claim down in words; a claim recorded again replaces the earlier entry.

        Args:
            claim: in the course's own words.
            measured: the value with its unit, rounded as it should be shown.
            verdict: "holds", "holds when ...", "refuted", "not decided", "not measured here (source)".
            basis: "live", "recorded" or "published".
            source: where a figure that was not measured here comes from, or what the claim rests on.

        Raises:
            ValueError: a verdict or basis of another form, a condition or source left out, an empty claim.
        """
        if not claim.strip():
            raise ValueError("A claim needs words: the first argument of record is empty.")
        _check_verdict(verdict, source)
        if basis not in BASES:
            raise ValueError(f"basis is {basis!r}; it is one of {', '.join(BASES)}")
        self._entries[claim] = Entry(claim, plain_text(measured), verdict, basis, source)

    def decide(
        self, claim: Claim, measured: "Measured | float | Mapping[str, Measured | float]", *, basis: str, scope: str
    ) -> str:
        """Hold what was measured against the claim's limits, write the row, and return the verdict.

        Args:
            claim: as shown in the table of claims.
            measured: a number with its 95 % interval, an exact number, or several of them: by network, in words that
                complete "holds when ...".
            basis: "live", "recorded" or "published".
            scope: which network, data, number of images, seeds, epochs.

        Raises:
            ValueError: a basis of another form, nothing measured, or no scope.
        """
        several = measured if isinstance(measured, Mapping) else {"": measured}
        if not several or not scope.strip():
            raise ValueError(f"The row of {claim.text!r} needs a measured number and its scope.")
        intervals = {name: _interval(value) for name, value in several.items()}
        verdict = common_verdict({name: claim.verdict(interval) for name, interval in intervals.items()})
        shown = "; ".join(
            f"{name}: {_shown(interval, claim.unit)}" if name else _shown(interval, claim.unit)
            for name, interval in intervals.items()
        )
        self.record(claim.text, f"{claim.quantity}: {shown}", verdict, basis=basis, source=scope)
        limits = {"at_least": claim.at_least, "at_most": claim.at_most, "unit": claim.unit}
        numbers = {
            name: {"value": interval.value, "low": interval.low, "high": interval.high, **limits}
            for name, interval in intervals.items()
        }
        self._entries[claim.text] = replace(self._entries[claim.text], numbers=numbers)
        return verdict

    def bundle(self) -> dict[str, object]:
        """Return the ledger as plain data: lab, machines, and a list of claims."""
        return {
            "lab": self.lab,
            "hardware": self.hardware,
            "recorded_on": self.recorded_on,
            "claims": [asdict(entry) for entry in self._entries.values()],
        }

    def mime_bundle(self) -> dict[str, object]:
        """Return the ledger as a cell's output: a table as markdown and as text, and the data under `VERDICTS_MIME`."""
        rows = [[getattr(entry, name) for name in TABLE_HEADER] for entry in self._entries.values()]
        stamp = "".join(f"\n\n{line}" for line in machine_lines([self.bundle()]))
        return {
            VERDICTS_MIME: self.bundle(),
            "text/markdown": markdown_table(TABLE_HEADER, rows) + stamp,
            "text/plain": text_table(TABLE_HEADER, rows) + stamp,
        }

    def show(self) -> None:
        """Show the table; its data in the cell's output is what the course's own tables are made from."""
        from IPython.display import display

        display(self.mime_bundle(), raw=True)


def _check_verdict(verdict: str, source: str) -> None:
    """Raise unless the verdict has one of the five forms, with its condition or source."""
    if verdict in (HOLDS, REFUTED, NOT_DECIDED):
        return
    if verdict.startswith("holds when"):
        if verdict.removeprefix("holds when").strip(" ."):
            return
        raise ValueError('"holds when" needs its condition: "holds when the CPU has VNNI", for example.')
    if verdict.startswith("not measured here"):
        inside = verdict.removeprefix("not measured here").strip()
        if (not inside and source.strip()) or (inside.startswith("(") and inside.strip("() ")):
            return
        raise ValueError(
            '"not measured here" needs its source: pass source=..., or write "not measured here (source)".'
        )
    raise ValueError(
        f'{verdict!r} is no verdict. It is one of "holds", "holds when ...", "refuted", "not decided", '
        '"not measured here (source)".'
    )


def machine_lines(ledgers: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each machine that rows of these ledgers, as `Ledger.bundle` gives them, were measured on."""
    live, recorded = {}, {}
    for ledger in ledgers:
        bases = {claim["basis"] for claim in ledger["claims"]}
        live |= {ledger["hardware"]: None} if "live" in bases and ledger["hardware"] else {}
        recorded |= {ledger["recorded_on"]: None} if "recorded" in bases and ledger["recorded_on"] else {}
    return [
        *(f"Live rows were measured on: {machine}" for machine in live),
        *(f"Recorded rows were measured on: {machine}" for machine in recorded),
    ]


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a markdown table, its columns aligned left."""
    lines = [header, [":--"] * len(header), *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], column_width: int = 36) -> str:
    """Return a table for a terminal, long cells wrapped to `column_width` characters."""
    wrapped = [[textwrap.wrap(cell, column_width) or [""] for cell in row] for row in (header, *rows)]
    widths = [max(len(line) for row in wrapped for line in row[column]) for column in range(len(header))]
    blocks = []
    for row in wrapped:
        height = max(map(len, row))
        padded = [cell + [""] * (height - len(cell)) for cell in row]
        lines = zip(*padded, strict=True)
        blocks.append(
            "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)
        )
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([blocks[0], rule, *blocks[1:]])
