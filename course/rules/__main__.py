"""Entry point of `python -m course.rules NOTEBOOK...`."""

import sys

from course.rules import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
