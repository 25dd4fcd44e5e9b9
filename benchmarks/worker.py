"""One process that measures one contender, when it is told to: times, and the memory of a call."""

import ctypes
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from timeit import Timer

import torch

from benchmarks.contenders import Contender

LONG = 5.0  # seconds of a first call from which on it counts: there is no warm-up for it
LEAST = 0.02  # seconds that a repetition lasts at least: short calls are repeated in it
REST = 0.005  # seconds before a repetition, in which the threads of the one before fall asleep


@dataclass(frozen=True)
class Settings:
    """How every process measures."""

    threads: int
    device: str
    dtype: str
    gib: float


@dataclass(frozen=True)
class First:
    """What the first call of a size told. `counts`: it took so long that it is the measurement."""

    seconds: float
    extra_mib: float | None
    calls: int
    counts: bool
    note: str


class Worker:
    """A contender on this process's threads."""

    def __init__(self, contender: Contender, settings: Settings) -> None:
        self.contender, self.device, self.dtype = contender, settings.device, getattr(torch, settings.dtype)
        torch.set_num_threads(settings.threads)
        self.clock = _device_clock if self.device == "cuda" else time.perf_counter
        for mode in contender.modes:  # what is loaded once is loaded now
            contender.prepare(64, 32, self.device, self.dtype)
            getattr(contender, mode)()
        limit_memory(settings.gib, self.device)

    def start(self, mode: str, size: tuple[int, int]) -> First:
        """Make the problem, call once with an eye on memory, and find how many calls make a repetition."""
        self.contender.prepare(*size, self.device, self.dtype)
        call = getattr(self.contender, mode)
        before = memory_before(self.device)
        seconds = self._seconds(call, 1)
        extra_mib = memory_since(before, self.device)
        self.call, self.calls, counts = call, 1, seconds >= LONG
        while not counts and seconds < LEAST and (seconds := self._seconds(call, self.calls)) < LEAST:
            self.calls *= 2
        return First(seconds / self.calls, extra_mib, self.calls, counts, self.contender.note)

    def repeat(self) -> float:
        """Seconds of one call, as the mean over a repetition."""
        time.sleep(REST)
        return self._seconds(self.call, self.calls) / self.calls

    def _seconds(self, call: Callable[[], object], calls: int) -> float:
        return Timer(call, timer=self.clock).timeit(calls)


class Remote:
    """A Worker in a process of its own, so that memory and its limit are one contender's."""

    def __init__(self, contender: type[Contender], settings: Settings) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, contender, settings), daemon=True)
        self.process.start()
        theirs.close()
        self.gone: str | None = None  # why it measures no more

    def ready(self) -> None:
        """Wait until it has loaded what it needs, so that it is not in the way of the others."""
        self._answer()

    def start(self, mode: str, size: tuple[int, int]) -> First | str:
        """What Worker.start gives, or why it could not."""
        return self._ask("start", mode, size)

    def repeat(self) -> float | str:
        """What Worker.repeat gives, or why it could not."""
        return self._ask("repeat")

    def stop(self) -> None:
        """End the process."""
        self.pipe.close()
        self.process.join(5)
        self.process.kill()

    def _ask(self, *request: object):
        if self.gone is not None:
            return self.gone
        with suppress(OSError):  # it is gone, and the answer says so
            self.pipe.send(request)
        return self._answer()

    def _answer(self):
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(5)
            self.gone = f"not run: its process ended with status {self.process.exitcode}"
            return self.gone


def _serve(pipe: Connection, contender: type[Contender], settings: Settings) -> None:
    try:
        worker = Worker(contender(), settings)
        pipe.send(None)
        while True:
            what, *arguments = pipe.recv()
            try:
                pipe.send(getattr(worker, what)(*arguments))
            except (RuntimeError, MemoryError) as error:
                pipe.send(failed(error, settings.gib))
    except (EOFError, KeyboardInterrupt):  # the parent has what it wanted
        pass


def failed(error: Exception, gib: float) -> str:
    """Why a call that was tried gave no number.

    >>> failed(MemoryError(), 8)
    'not run: went over 8 GiB'
    """
    out_of_memory = isinstance(error, MemoryError) or "memory" in str(error)
    return f"not run: {f'went over {gib:g} GiB' if out_of_memory else f'{type(error).__name__}, {error}'}"


# --- memory


def limit_memory(gib: float, device: str) -> None:
    """Let this process take `gib` GiB more than it has: CUDA's by torch, else by Linux (RLIMIT_DATA), elsewhere not."""
    if device == "cuda":
        torch.cuda.set_per_process_memory_fraction(min(1.0, gib * 2**30 / torch.cuda.mem_get_info()[1]))
    elif sys.platform == "linux":
        import resource

        limit = int(_status("VmData") * 1024 + gib * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))


def memory_before(device: str) -> float | None:
    """MiB held before a call, from which `memory_since` counts; None where it can't be told."""
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated() / 2**20
    if sys.platform != "linux":
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # what malloc keeps back would hide what a call takes
    if trim is not None:
        trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark VmHWM starts anew
    return _status("VmRSS") / 1024


def memory_since(before: float | None, device: str) -> float | None:
    """The most MiB held at a time since then, beyond what was held before."""
    if before is None:
        return None
    most = torch.cuda.max_memory_allocated() / 2**20 if device == "cuda" else _status("VmHWM") / 1024
    return max(0.0, most - before)


def _status(name: str) -> int:
    """A line of /proc/self/status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _device_clock() -> float:
    torch.cuda.synchronize()
    return time.perf_counter()
