"""Plumbing for the labs: data, networks, training, measuring, checking.

Importing a module has no side effects, and every path starts here, never at the working folder.
"""

from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = PROJECT_DIR / "data"
