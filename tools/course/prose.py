"""A lesson's text and code as HTML without script or network: formulas as MathML, pictures inside the page."""

import re
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

import mistune
from latex2mathml.converter import convert
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

LESSON_FILE = re.compile(r"^(\d\d)_\w+\.ipynb$")
NAMED_FUNCTION = re.compile(r"(?<!<msub>)(?<!<msup>)(<mi>(?:log|exp|cos|sin|max|min)</mi>)(?=<m(?!o[ >]))")
THIN_SPACE = '<mspace width="0.17em"/>'
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


class Prose(mistune.HTMLRenderer):
    """Markdown as HTML: links between lessons lead to pages, pictures come along, formulas are MathML."""

    def __init__(self, folder: Path, pages: frozenset[str]) -> None:
        super().__init__(escape=False)
        self._folder, self._pages = folder, pages

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link to a page of the site or to the web; a file of the repository is named without one."""
        lesson = LESSON_FILE.match(url)
        if lesson and lesson[1] in self._pages:
            return f'<a href="{lesson[1]}.html">{text}</a>'
        return str(super().link(text, url, title)) if url.startswith("https://") else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture inside the page."""
        return f'<img src="{data_uri(self._folder / url)}" alt="{escape(text)}">'

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A heading that an address can lead to."""
        word = re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]*>", "", text).lower()).strip("-")
        return f'<h{level} id="{word}">{text}</h{level}>\n'

    def inline_math(self, text: str) -> str:
        """A formula in a line."""
        return formula(text)

    def block_math(self, text: str) -> str:
        """A formula of its own."""
        return f'<div class="formula">{formula(text.strip(), display="block")}</div>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in the text."""
        return f"<pre>{coloured(code) if info == 'python' else escape(code)}</pre>\n"


def prose(text: str, folder: Path, pages: frozenset[str]) -> str:
    """Markdown as HTML; pictures are looked up in `folder`, `pages` are the numbers of the lessons that have a page.

    >>> prose("**Two** is $2$.", Path(), frozenset())[:25]
    '<p><strong>Two</strong> i'
    """
    made = mistune.create_markdown(renderer=Prose(folder, pages), plugins=["math", "table", "strikethrough"])
    return str(made(text))


def formula(latex: str, display: str = "inline") -> str:
    """A formula as MathML; what follows a named function keeps its distance."""
    return NAMED_FUNCTION.sub(r"\1" + THIN_SPACE, str(convert(latex, display=display)))


def coloured(code: str) -> str:
    """Python with its words marked for a style sheet."""
    return str(highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))).strip("\n")


def data_uri(file: Path) -> str:
    """A picture as an address that holds it."""
    return f"data:{TYPES[file.suffix]};base64,{b64encode(file.read_bytes()).decode()}"
