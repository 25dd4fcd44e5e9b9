"""The stage's ES modules joined into the one script that a widget or a page needs."""

import re
from importlib.resources import files

IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(\w+)\.js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const |function |async |class )", re.MULTILINE)


def source(name: str) -> str:
    """A file that belongs to the stage, such as "js/loss.js"."""
    return files("npair_viz.stage").joinpath(name).read_text(encoding="utf-8")


def bundle(entry: str) -> str:
    """The module `entry` and all that it imports, each once and after what it imports, in one scope.

    Names are shared by all modules, so no two may declare one at their top; a test holds that.

    >>> "import" in bundle("loss")
    False
    """
    return "\n".join(EXPORT.sub("", IMPORT.sub("", source(f"js/{name}.js"))) for name in order(entry))


def order(entry: str) -> list[str]:
    """The modules that `entry` needs, itself last.

    >>> order("search")
    ['loss', 'lbfgs', 'search']
    """
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            for needed in IMPORT.findall(source(f"js/{name}.js")):
                visit(needed)
            found.append(name)

    visit(entry)
    return found
