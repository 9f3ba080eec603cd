"""The command line of authors and instructors: `python -m course COMMAND`."""

# Set, unless the user has set it, for every process that the course starts. A thread of OpenMP that has nothing to do
# sleeps instead of spinning: beside any other work, spinning threads hold the core that the busy ones need. OpenMP
# reads it once, when torch is imported.
THREAD_VARIABLES = {"OMP_WAIT_POLICY": "PASSIVE"}

# Set where the course holds its own labs to what they say: a `fact` that is not true raises.
STRICT_VARIABLES = {"LABS_STRICT": "1"}


class CourseError(Exception):
    """A problem the caller can mend; the command line prints the message alone, without a traceback."""
