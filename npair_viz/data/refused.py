"""What is not read out of a file although its reader could: the message says why, and how to save it instead."""

import os


class RefusedError(ValueError):
    """A file that is whole, and is not opened."""


def check_fits(size: int) -> None:
    """Raise RefusedError where so many bytes are more than half of this machine's memory."""
    if size > memory() // 2:
        raise RefusedError(
            f"it unpacks to {size / 1e9:.1f} GB or more, and this machine's memory holds {memory() / 1e9:.1f}"
        )


def memory() -> int:
    """The bytes of this machine's memory; where it does not say, 8 GB."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 8 * 10**9
