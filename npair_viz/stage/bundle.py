"""The stage's ES modules, joined into one script for a widget or a page."""

import posixpath
import re
from functools import cache
from importlib.resources import files

from npair_viz.optional_imports import needed_for

with needed_for("Stage"):
    from rjsmin import jsmin

IMPORT = re.compile(r"^import \{[^}]*\} from \"(\.{1,2}/[\w/]+)\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const |function |async |class )", re.MULTILINE)


def source(name: str) -> str:
    """A file that belongs to the stage, such as "js/model/loss.js"."""
    return files("npair_viz.stage").joinpath(name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The stage's style sheet, with the variables that `make constants` writes from Python."""
    return source("constants.css") + source("stage.css")


@cache
def bundle(entry: str) -> str:
    """The module `entry` and all modules that it imports in one scope, each once and after its own imports, made small.

    All modules share one scope, so no two may declare the same top-level name; a test checks that.

    >>> "import" in bundle("model/loss")
    False
    """
    sources = (EXPORT.sub("", IMPORT.sub("", source(f"js/{name}.js"))) for name in order(entry))
    return str(jsmin("\n".join(sources)))


def order(entry: str) -> list[str]:
    """The modules that `entry` needs, each as "folder/name", itself last.

    >>> order("model/search")
    ['model/constants', 'model/objectives', 'model/loss', 'model/lbfgs', 'model/search']
    """
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            for needed in imports(name):
                visit(needed)
            found.append(name)

    visit(entry)
    return found


def imports(name: str) -> list[str]:
    """The modules that one module imports.

    >>> imports("view/legend")
    ['model/constants', 'model/numbers', 'view/elements']
    """
    room = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(room, path)) for path in IMPORT.findall(source(f"js/{name}.js"))]
