"""The command line of authors and instructors: `python -m course COMMAND`."""

# Set, unless the user has set them, for every process that the course starts. A thread of OpenMP that has nothing to do
# sleeps instead of spinning: beside any other work, spinning threads hold the core that the busy ones need. It spins
# for some microseconds first, since falling asleep between two layers costs more than the layers (ResNet-8 in bf16, two
# threads, a quiet machine: 46 ms a step without this moment, 29 ms with it). OpenMP reads both when torch is imported.
THREAD_VARIABLES = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "20000"}

# Set where the course holds its own labs to what they say: a `fact` that is not true raises.
STRICT_VARIABLES = {"LABS_STRICT": "1"}


class CourseError(Exception):
    """A problem the caller can mend; the command line prints the message alone, without a traceback."""
