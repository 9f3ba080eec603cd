"""What can go wrong on the way to a board, each as one sentence for the person who wrote the network or the C."""


class DeviceError(Exception):
    """A network or a piece of C that does not run on the part. The message is one sentence or two."""

    @property
    def kind(self) -> str:
        """The name of its class, for those who keep it as plain data."""
        return type(self).__name__


class NotHereError(DeviceError):
    """The compiler or the emulator is not installed on this machine."""


class NotSupportedError(DeviceError):
    """The network holds something that the exporter or its kernels cannot do; the message names it."""


class CompileError(DeviceError):
    """The C compiler refused the text.

    Attributes:
        line: of the text, counted from 1; 0 where the compiler names none.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class TooLargeError(DeviceError):
    """The program needs more flash or RAM than the part has.

    Attributes:
        over_bytes: by how many bytes, for each memory that is too small: `{"flash": 17830}`.
    """

    def __init__(self, message: str, over_bytes: dict[str, int]) -> None:
        super().__init__(message)
        self.over_bytes = over_bytes


class EndlessLoopError(DeviceError):
    """The function did not return within the limit of instructions."""


class OutOfBoundsError(DeviceError):
    """The function used memory that is not its own; the message names the tensor."""


class StackOverflowError(OutOfBoundsError):
    """The function needs more stack than it was given."""


class UnsettledError(DeviceError):
    """The function gives another result when other bytes stand around its arrays, or in memory that it never wrote."""
