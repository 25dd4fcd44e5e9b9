"""The API pages: one for every public name, made by pdoc from signatures and docstrings, in the look of the site."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from importlib import import_module
from inspect import getattr_static
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from mistune import create_markdown
from pdoc.doc import Class, Doc, Function, Module, Variable
from pdoc.docstrings import google
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer, PythonLexer

import npair_viz
from npair_viz.stage.bundle import source
from npair_viz.stage.page import whole_page
from tools.course.front import navigation
from tools.course.prose import Prose

HERE = Path(__file__).parent
STYLE = (HERE / "api.css").read_text(encoding="utf-8")
MODULES: dict[str, str] = vars(npair_viz)["_MODULES"]  # public modules, by name; the stub does not tell mypy of them
HOMES: dict[str, str] = {**vars(npair_viz)["_HOMES"], **MODULES}  # of every public name, in the order of __init__.pyi
GROUPS = {
    "losses": "The loss",
    "sampling": "The pairs of a batch",
    "theory": "What the loss can reach",
    "diagnosis": "The doctor",
    "data": "Data and scenes",
    "geometry": "Readings and descents",
    "explorers": "Explorers for a notebook",
    "stage": "The stage",
    "training": "Training and its measures",
    "exercises": "Exercises",
}
INDENTED = re.compile(r"^(?![A-Z][A-Za-z ]+:$)(\S.*:)\n((?: {4}.*\n)+)", re.MULTILINE)
PATHS = re.compile(r"\b(?:\w+\.)+(?=[A-Z])")
TYPE = re.compile(r'<span class="n">([A-Z]\w+)</span>')
EXAMPLE = re.compile(r"^>>> .*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Name:
    """A public name, or a member of one, with what pdoc knows of it."""

    name: str
    group: str
    doc: Doc[Any]

    @property
    def page(self) -> str:
        """The name of its file, without suffix."""
        return page_of(self.name)

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        return {"variable": "constant"}.get(self.doc.kind, self.doc.kind)

    @property
    def summary(self) -> str:
        """The first paragraph of its docstring."""
        return self.doc.docstring.partition("\n\n")[0]

    @property
    def more(self) -> str:
        """Its docstring without the first paragraph and the example."""
        return EXAMPLE.sub("", self.doc.docstring.partition("\n\n")[2])

    @property
    def example(self) -> str:
        """What its docstring runs."""
        return "\n\n".join(EXAMPLE.findall(self.doc.docstring))

    @property
    def file(self) -> str:
        """Where it is written, from the root of the repository."""
        return Path(HOMES[self.name].replace(".", "/")).with_suffix(".py").as_posix()

    @property
    def signature(self) -> str:
        """How it is called, as Python writes it, its types by their last names."""
        if isinstance(self.doc, Class):
            text = f"class {self.name}{_called(self.doc.members.get('__init__'))}"
        elif isinstance(self.doc, Function):
            text = f"{self.doc.funcdef} {self.name}{_called(self.doc)}"
        elif isinstance(self.doc, Variable):
            value = self.doc.default_value_str
            text = f"{self.name}{self.doc.annotation_str}{value and ' = '}{value}"
        else:
            return ""
        return PATHS.sub("", text)

    @property
    def members(self) -> list["Name"]:
        """The documented functions of a module; the documented methods and properties of a class."""
        if isinstance(self.doc, Module):
            own = [doc for doc in self.doc.own_members if isinstance(doc, Function)]
        else:
            own = [doc for doc in getattr(self.doc, "own_members", []) if _is_method(doc, self.doc.obj)]
        return [Name(doc.name, self.group, doc) for doc in own if doc.docstring and not doc.name.startswith("_")]


class Words(Prose):
    """The Markdown of a docstring as HTML: headings stand below `level`, public names lead to their pages."""

    def __init__(self, level: int) -> None:
        super().__init__(HERE, frozenset())
        self._level = level

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """The heading of a section, such as Arguments."""
        return f"<h{self._level + 1}>{text.removesuffix(':')}</h{self._level + 1}>\n"

    def strong(self, text: str) -> str:
        """The name of an argument, an attribute or an error."""
        return f'<code class="named">{text[:-1]}</code>' if text.endswith(":") else str(super().strong(text))

    def block_quote(self, text: str) -> str:
        """What a section such as Returns says."""
        return text

    def codespan(self, text: str) -> str:
        """Code in a line."""
        return _linked(text, str(super().codespan(text)))

    def inline_html(self, html: str) -> str:
        """Text that looks like HTML."""
        return escape(html)

    def block_html(self, html: str) -> str:
        """Lines that look like HTML."""
        return escape(html)

    def block_code(self, code: str, info: str | None = None) -> str:
        """An equation."""
        return f'<pre class="equation">{escape(code.rstrip())}</pre>\n'


def page_of(name: str) -> str:
    """The page of a public name, in small letters: some file systems can't tell phase from Phase."""
    return f"api_{name.lower()}"


def public_names() -> list[Name]:
    """Every public name, group by group."""
    names = [Name(name, home.split(".")[1], _doc(name)) for name, home in HOMES.items()]
    return sorted(names, key=lambda one: [*GROUPS].index(one.group))


def api_pages() -> dict[str, str]:
    """The page of each public name and the one that lists them all, by the names of their files."""
    names = public_names()
    groups = [(group, GROUPS[group], list(ones)) for group, ones in groupby(names, key=lambda one: one.group)]
    pages = {"api": _page("All public names", "index", groups=groups)}
    for page, ones in groupby(sorted(names, key=lambda one: (one.page, one.name)), key=lambda one: one.page):
        here = sorted(ones, key=lambda one: one.doc.kind == "class")
        pages[page] = _page(", ".join(one.name for one in here), "name", names=here, groups=groups)
    return pages


def _page(title: str, template: str, **given: object) -> str:
    made = (
        _templates()
        .get_template(f"{template}.html.jinja2")
        .render(title=title, titles=GROUPS, navigation=Markup(navigation()), **given)
    )
    return whole_page(title, source("constants.css") + STYLE, made)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "api_template"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["words"] = _words
    made.filters["python"] = _python
    made.filters["console"] = _console
    return made


def _words(docstring: str, level: int) -> Markup:
    """A docstring as HTML: its indented lines are equations, its sections lists."""
    text = google(INDENTED.sub(r"\1\n\n\2\n", docstring))
    return Markup(create_markdown(renderer=Words(level), plugins=["math"])(text))


def _python(signature: str) -> Markup:
    """A signature in colours; its public types lead to their pages."""
    return Markup(
        TYPE.sub(
            lambda found: _linked(found[1], found[0]), highlight(signature, PythonLexer(), HtmlFormatter(nowrap=True))
        )
    )


def _console(example: str) -> Markup:
    """An example in colours, with what it prints."""
    return Markup(highlight(example, PythonConsoleLexer(), HtmlFormatter(nowrap=True)).rstrip("\n"))


def _linked(name: str, shown: str) -> str:
    """What is shown of a name as a link to its page, where it is a public one."""
    return f'<a href="{page_of(name)}.html#{name}">{shown}</a>' if name in HOMES else shown


@cache
def _doc(name: str) -> Doc[Any]:
    home = _module(HOMES[name])
    return home if name in MODULES else home.members[name]


@cache
def _module(home: str) -> Module:
    return Module(import_module(home))


def _is_method(doc: Doc[Any], of: type) -> bool:
    """Whether a member is a method or a property, no trait and no field."""
    return isinstance(doc, Function) or isinstance(getattr_static(of, doc.name, None), property | cached_property)


def _called(function: Doc[Any] | None) -> str:
    """The arguments of a call; none where some are not meant for people, as in what only the library makes."""
    if not isinstance(function, Function):
        return ""
    first = next(iter(function.signature.parameters), "")
    signature = function.signature_without_self if first in ("self", "cls") else function.signature
    return "" if any(name.startswith("_") for name in signature.parameters) else str(signature)
