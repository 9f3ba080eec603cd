"""Entry point of `python -m labsupport.course`."""

import sys

from labsupport.course.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
