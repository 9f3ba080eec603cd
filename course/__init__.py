"""The command line of authors and instructors: `python -m course COMMAND`."""


class CourseError(Exception):
    """A problem the caller can mend; the command line prints the message alone, without a traceback."""
