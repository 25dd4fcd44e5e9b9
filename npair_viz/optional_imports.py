"""What the library alone does not install, and a word for those who lack it."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed_for(what: str, extra: str = "lab") -> Iterator[None]:
    """Around an import of a package that only an extra brings: say which extra, where it is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{what} needs {error.name}, which the library alone does not install: "
            f"pip install 'npair-viz[{extra}]', or pip install -e '.[{extra}]' in a clone",
            name=error.name,
        ) from error
