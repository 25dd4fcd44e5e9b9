"""A helpful error where an optional package is missing."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed_for(what: str, extra: str = "lab") -> Iterator[None]:
    """Put around the import of an optional package: its error then says which extra of `npair-viz` to install.

    Args:
        what: What needs the package.
        extra: The extra that installs it.

    Raises:
        ModuleNotFoundError: The package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{what} needs {error.name}, which the library alone does not install: "
            f"pip install 'npair-viz[{extra}]', or pip install -e '.[{extra}]' in a clone",
            name=error.name,
        ) from error
