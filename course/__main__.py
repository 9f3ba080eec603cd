"""Entry point of `python -m course`."""

import sys

from course.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
