"""`python -m labsupport.challenge FILE`: is a file within the rule of the edge challenge, and what is its public score?

The public score is the accuracy on the 1,000 validation images that come with the labs, as they are and changed as the
ranking changes the test images, under another seed. Who chooses among many files by it chooses by luck in the end.
"""

import argparse
import sys
from pathlib import Path

from labsupport import shown
from labsupport.challenge import RefusedError, graph, run, score


def main(arguments: list[str] | None = None) -> int:
    """Print what a file costs and its public score; 0 within the rule, 1 where it is refused, 2 where none is."""
    parser = argparse.ArgumentParser(prog="python -m labsupport.challenge", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE", help="the ONNX file that you are going to hand in")
    path = parser.parse_args(arguments).file
    name = shown.line(path.name)
    try:
        graph.require_bytes(path.stat().st_size)
        network = graph.read(path.read_bytes())
        images, labels = score.public_images()
        logits = run.logits(network, images)
    except OSError as error:
        print(f"{name} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    except RefusedError as error:
        print(f"{name} is not within the rule: {error}.", file=sys.stderr)
        return 1
    print(f"{name} is within the rule.\n\n{score.public_report(network.num_bytes, vars(network), logits, labels)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
