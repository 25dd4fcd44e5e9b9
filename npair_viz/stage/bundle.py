"""The stage's ES modules joined into the one script that a widget or a page needs."""

import posixpath
import re
from importlib.resources import files

IMPORT = re.compile(r"^import \{[^}]*\} from \"(\.{1,2}/[\w/]+)\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const |function |async |class )", re.MULTILINE)


def source(name: str) -> str:
    """A file that belongs to the stage, such as "js/model/loss.js"."""
    return files("npair_viz.stage").joinpath(name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The stage's style sheet, and the variables that it takes from Python."""
    return source("constants.css") + source("stage.css")


def bundle(entry: str) -> str:
    """The module `entry` and all that it imports, each once and after what it imports, in one scope.

    Names are shared by all modules, so no two may declare one at their top; a test holds that.

    >>> "import" in bundle("model/loss")
    False
    """
    return "\n".join(EXPORT.sub("", IMPORT.sub("", source(f"js/{name}.js"))) for name in order(entry))


def order(entry: str) -> list[str]:
    """The modules that `entry` needs, by room and name, itself last.

    >>> order("model/search")
    ['model/constants', 'model/objectives', 'model/loss', 'model/search']
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
