"""A lesson's text as HTML without script or network: formulas as MathML, pictures inside the page."""

import re
from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import quote

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

LESSON_FILE = re.compile(r"^(\d\d)_\w+\.ipynb$")
NAMED_FUNCTION = re.compile(r"(?<!<msub>)(?<!<msup>)(<mi>(?:log|exp|cos|sin|max|min)</mi>)(?=<m(?!o[ >]))")
THIN_SPACE = '<mspace width="0.17em"/>'
UNQUOTED = " !$&'()*+,/:;<=>?@[]"  # what an address in double quotes may hold as it is


class Prose(IPythonRenderer):
    """Markdown as HTML: links between lessons lead to pages, pictures come along, formulas are MathML."""

    def __init__(self, folder: Path, pages: frozenset[str]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
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

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return formula(body)

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return f'<div class="formula">{formula(body.strip(), display="block")}</div>'

    def paragraph(self, text: str) -> str:
        """A paragraph; a formula of its own is none."""
        return f"{text}\n" if text.startswith('<div class="formula">') else str(super().paragraph(text))


def prose(text: str, folder: Path, pages: frozenset[str]) -> str:
    """Markdown as HTML; pictures are looked up in `folder`, `pages` are the numbers of the lessons that have a page.

    >>> prose("**Two** is $2$.", Path(), frozenset())[:25]
    '<p><strong>Two</strong> i'
    """
    return str(MarkdownWithMath(renderer=Prose(folder, pages)).render(text))


def formula(latex: str, display: str = "inline") -> str:
    """A formula as MathML; what follows a named function keeps its distance."""
    return NAMED_FUNCTION.sub(r"\1" + THIN_SPACE, str(convert(latex, display=display)))


def data_uri(file: Path) -> str:
    """A picture as an address that holds it; SVG as text, which is a quarter shorter than base64."""
    if file.suffix == ".svg":
        svg = file.read_text(encoding="utf-8").strip().replace("'", "&#39;").replace('"', "'")
        return f"data:image/svg+xml,{quote(svg, safe=UNQUOTED)}"
    return f"data:image/png;base64,{b64encode(file.read_bytes()).decode()}"
