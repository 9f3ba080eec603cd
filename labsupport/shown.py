"""Text that someone else wrote, made safe to show: what a terminal obeys, or what hides or turns text, is spelt out.

A character of that kind becomes its escape in Python, such as `\\x1b`. Needs the standard library alone.
"""

import re

_ORDERS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_IN_LINES = re.compile(f"[{_ORDERS}]")
_IN_A_LINE = re.compile(rf"[{_ORDERS}\t\n\u2028\u2029]")


def line(text: str) -> str:
    """Return text that stays on one line: a name, a sentence."""
    return _IN_A_LINE.sub(_spelt, _unicode(text))


def lines(text: str) -> str:
    """Return text that keeps its tabs and line ends, those of Windows as those of all others: a source, an answer."""
    return _IN_LINES.sub(_spelt, _unicode(text).replace("\r\n", "\n"))


def _spelt(found: re.Match) -> str:
    return repr(found[0])[1:-1]


def _unicode(text: str) -> str:
    """Return text that any encoding of Unicode holds: half a character becomes a question mark."""
    return text.encode(errors="replace").decode()
