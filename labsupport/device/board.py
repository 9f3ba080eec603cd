"""An emulated core with memories at their real sizes; whatever lies outside faults.

Instructions are counted, not cycles: an emulator knows nothing of the pipeline, of wait states or of caches.
"""

import functools
import io
from dataclasses import dataclass

from labsupport.device.build import require_here
from labsupport.device.core import emulator
from labsupport.device.errors import EndlessLoopError, OutOfBoundsError, StackOverflowError
from labsupport.device.part import FLASH, RAM, Part

PAGE = 4096  # the emulator maps memory in pages
MAX_INSTRUCTIONS = 2_000_000_000
TRANSLATED_BYTES = 32 << 20  # kept for translated code; without a word the emulator takes 1 GB of addresses for good
_STOP = 0x0FFFF000  # where every call returns to; nothing is mapped there
_BELOW_THE_STACK = 1 << 20  # a fault at most so far below RAM is a stack that grew too long
_PAINT = 0xA5
_WRITES, _JUMPS = (20, 22), (21, 24)  # unicorn_const.UC_MEM_WRITE_UNMAPPED and _PROT, UC_MEM_FETCH_UNMAPPED and _PROT


@dataclass(frozen=True)
class Tensor:
    """A named range of addresses, for messages about faults beside it."""

    name: str
    address: int
    size: int  # bytes


class Board:
    """A program in the flash of a part, ready to be called.

    Attributes:
        used_bytes: what the program takes of each memory, the stack included: {"flash": ..., "ram": ...}.
        symbols: addresses of functions and variables by name.
    """

    def __init__(self, program: bytes, part: Part, *, stack_bytes: int | None = None) -> None:
        """Load a program that `build` made for the same part and stack; the core's own size where none is given."""
        require_here()
        import unicorn
        from elftools.elf.elffile import ELFFile

        self._unicorn = unicorn
        self.part, self.stack_bytes = part, part.core.stack_bytes if stack_bytes is None else stack_bytes
        self._uc, self._calls = emulator(part.core)
        self._uc.mem_map(FLASH, _whole_pages(part.flash_bytes), unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        self._uc.mem_map(RAM, _whole_pages(part.ram_bytes), unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        file = ELFFile(io.BytesIO(program))
        symbols = [symbol for symbol in file.get_section_by_name(".symtab").iter_symbols() if symbol.name]
        self.symbols = {symbol.name: symbol["st_value"] for symbol in symbols}
        functions = [symbol for symbol in symbols if symbol["st_info"]["type"] == "STT_FUNC"]
        self._functions = sorted((symbol["st_value"] & ~self._calls.code_bit, symbol.name) for symbol in functions)
        self._load(file)
        self._tensors: list[Tensor] = []
        self._fault: tuple[int, int, int] | None = None
        self._count = self._limit = 0
        self._counts = False
        self._uc.hook_add(unicorn.UC_HOOK_MEM_INVALID, self._note_fault)

    def _load(self, file: "ELFFile") -> None:  # noqa: F821
        """Write the program's segments into flash, and say what both memories hold."""
        self.used_bytes = {"flash": 0, "ram": self.stack_bytes}
        for segment in file.iter_segments():
            if segment["p_type"] != "PT_LOAD":
                continue
            if segment["p_filesz"]:
                self._uc.mem_write(segment["p_paddr"], segment.data())
                self.used_bytes["flash"] += segment["p_filesz"]
            if segment["p_vaddr"] >= RAM:
                if segment["p_filesz"]:
                    self._uc.mem_write(segment["p_vaddr"], segment.data())
                end = segment["p_vaddr"] + segment["p_memsz"] - RAM
                self.used_bytes["ram"] = max(self.used_bytes["ram"], end)

    def write(self, address: int, content: bytes) -> None:
        """Write bytes into memory."""
        self._uc.mem_write(address, content)

    def read(self, address: int, size: int) -> bytes:
        """Read bytes from memory."""
        return bytes(self._uc.mem_read(address, size))

    def map_tensor(self, name: str, address: int, content: bytes, *, writable: bool, at_end: bool, paint: int) -> int:
        """Map whole pages for one tensor, with pages before and after that fault; return where it begins.

        Args:
            name: for messages.
            address: of the first of these pages.
            content: its bytes.
            writable: whether the program may write to it.
            at_end: the tensor ends where its pages end, so that one byte more faults; else it begins where they begin.
            paint: the byte that fills what the tensor leaves of its pages.
        """
        pages = _whole_pages(max(1, len(content)))
        protection = self._unicorn.UC_PROT_READ | (self._unicorn.UC_PROT_WRITE if writable else 0)
        self._uc.mem_map(address, pages, protection)
        self._uc.mem_write(address, bytes([paint]) * pages)
        start = address + (pages - len(content) if at_end else 0)
        self._uc.mem_write(start, content)
        self._tensors.append(Tensor(name, start, len(content)))
        return start

    def call(
        self, name: str, arguments: tuple[int, ...] = (), *, count: bool = True, limit: int = MAX_INSTRUCTIONS,
        paint: int = _PAINT,
    ) -> int:  # fmt: skip
        """Call a function and return how many instructions it took; 0 where they are not counted, which is faster.

        Args:
            name: of the function.
            arguments: integers or addresses.
            count: whether to count.
            limit: the most instructions; without counting, a limit of time that stands for it.
            paint: the byte that fills the stack before.

        Raises:
            EndlessLoopError: the limit was reached.
            StackOverflowError, OutOfBoundsError: memory was used that is not there, or not to be written.
        """
        uc, calls = self._uc, self._calls
        mask = (1 << 8 * calls.word_bytes) - 1
        uc.mem_write(RAM, bytes([paint]) * self.stack_bytes)
        in_registers, on_stack = arguments[: len(calls.arguments)], arguments[len(calls.arguments) :]
        stacked = b"".join((value & mask).to_bytes(calls.word_bytes, "little") for value in on_stack)
        top = (RAM + self.stack_bytes - len(stacked)) & -2 * calls.word_bytes
        uc.mem_write(top, stacked)
        for register, value in zip(calls.arguments, in_registers, strict=False):
            uc.reg_write(register, value & mask)
        for register in calls.scratch:
            uc.reg_write(register, int.from_bytes(bytes([paint]) * calls.word_bytes, "little"))
        uc.reg_write(calls.stack, top)
        uc.reg_write(calls.link, _STOP | calls.code_bit)
        self._fault, self._count, self._limit, hook = None, 0, limit, None
        if count != self._counts:  # blocks that were translated without the hook would never call it, and the reverse
            uc.ctl_flush_tb()
        self._counts = count
        if count:
            hook = uc.hook_add(self._unicorn.UC_HOOK_BLOCK, self._count_block)
        try:
            uc.emu_start(self.symbols[name] | calls.code_bit, _STOP, timeout=0 if count else 600_000_000)
        except self._unicorn.UcError as error:
            raise self._explain(error) from None
        finally:
            if hook is not None:
                uc.hook_del(hook)
        at = uc.reg_read(calls.counter)
        if at & ~calls.code_bit != _STOP:
            where = self._function_at(at)
            raise EndlessLoopError(
                f"Not finished after {limit:,} instructions; it was in {where}. A loop without an end?"
            )
        return self._count

    def returned(self) -> int:
        """Return the 32 bits that the last call returned, as a signed integer."""
        bits = self._uc.reg_read(self._calls.result) & 0xFFFFFFFF
        return bits - (1 << 32) if bits >> 31 else bits

    def stack_used_bytes(self) -> int:
        """Return how much of the stack the last call wrote to, as far as its paint tells."""
        stack = self.read(RAM, self.stack_bytes)
        return len(stack.lstrip(bytes([_PAINT])))

    def _count_block(self, uc: object, address: int, size: int, _: object) -> None:
        self._count += self._length_of(address, size)
        if self._count > self._limit:
            uc.emu_stop()

    @functools.cache  # noqa: B019 - a board lives as long as its cache
    def _length_of(self, address: int, size: int) -> int:
        """Return how many instructions a block holds."""
        return self._calls.count(self.read(address, size))

    def _note_fault(self, uc: object, kind: int, address: int, size: int, value: int, _: object) -> bool:  # noqa: ARG002
        self._fault = (kind, address, size)
        return False

    def _function_at(self, address: int) -> str:
        return max((one for one in self._functions if one[0] <= address), default=(0, "nowhere"))[1]

    def _explain(self, error: Exception) -> OutOfBoundsError:
        at = self._function_at(self._uc.reg_read(self._calls.counter))
        if self._fault is None:
            return OutOfBoundsError(f"{at} stopped: {error}.")
        kind, address, size = self._fault
        verb = "writes" if kind in _WRITES else "jumps to" if kind in _JUMPS else "reads"
        if RAM - _BELOW_THE_STACK <= address < RAM:
            return StackOverflowError(
                f"{at} {verb} below the stack: it needs more than the {self.stack_bytes:,} bytes there."
            )
        return OutOfBoundsError(f"{at} {verb} {size} byte{'s'[: size != 1]} {self._place(address)}.")

    def _place(self, address: int) -> str:
        """Say where an address lies, by the nearest tensor or memory."""
        for tensor in self._tensors:
            if tensor.address <= address < tensor.address + tensor.size:
                return f"to {tensor.name}, which is for reading only"
        near = [
            (address - (tensor.address + tensor.size), tensor, "past the end of")
            for tensor in self._tensors
            if address >= tensor.address + tensor.size
        ] + [
            (tensor.address - address - 1, tensor, "before the start of")
            for tensor in self._tensors
            if address < tensor.address
        ]
        distance, tensor, side = min(near, key=lambda one: one[0], default=(PAGE, None, ""))
        if tensor is not None and distance < PAGE:
            return f"{side} {tensor.name}, which has {tensor.size:,} bytes"
        if FLASH <= address < FLASH + self.part.flash_bytes:
            return "in flash, which is for reading only"
        if RAM + self.part.ram_bytes <= address < RAM + (1 << 28):
            return f"{address - RAM - self.part.ram_bytes:,} bytes past the end of RAM"
        return f"at address {address:#010x}, where the part has no memory"


def _whole_pages(size: int) -> int:
    return -(-size // PAGE) * PAGE
