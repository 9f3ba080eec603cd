"""What a judge says of C that did not compile or did not run to its end."""

from labsupport.checks.protocol import NOT_HERE, Data, require

MISTAKES = {
    "CompileError": "does-not-compile",
    "EndlessLoopError": "never-ends",
    "OutOfBoundsError": "outside-its-arrays",
    "StackOverflowError": "overflows-the-stack",
    "UnsettledError": "reads-what-was-never-written",
    "NotHereError": NOT_HERE,
}


def ran(result: Data) -> bool:
    """Require that the C ran, and return whether it did; the hint is what compiler or emulator say."""
    for error, mistake in MISTAKES.items():
        require(result["error"] != error, mistake, result["says"])
    return not result["error"]
