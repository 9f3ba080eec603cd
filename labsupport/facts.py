"""A sentence that a cell has measured to be true, or the news that here it is not."""

import os

DEPENDS_ON = ("time", "processor")


def fact(condition: object, sentence: str, depends_on: str | None = None) -> None:
    """Print a sentence about what the cell measured; where the condition fails, say that it is not so on this machine.

    A student is never stopped: processors differ, and so do trained networks. The course's own tests set LABS_STRICT=1,
    and then a fact that fails raises, unless it depends on time or on the processor.

    Args:
        condition: whether the sentence is true.
        sentence: with the measured numbers in it.
        depends_on: "time" or "processor" where the condition may fail on another machine.

    Raises:
        ValueError: depends_on is something else.
        AssertionError: the condition fails, LABS_STRICT is 1, and it depends on nothing.
    """
    if depends_on is not None and depends_on not in DEPENDS_ON:
        raise ValueError(f"depends_on is {depends_on!r}; it is one of {', '.join(DEPENDS_ON)}, or left out")
    if condition:
        print(sentence)
        return
    if os.environ.get("LABS_STRICT") == "1" and depends_on is None:
        raise AssertionError(f"this is not so any more: {sentence}")
    print(f"not on this machine: {sentence}")
