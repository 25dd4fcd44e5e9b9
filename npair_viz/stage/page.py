"""The stage as a page: one HTML file with its script inside, to be opened without a server."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.links import links_of_the_stage

COMMENTS = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body class="npair-page site{kind}">
{body}
</body>
</html>
"""
STAGE = """{above}
<main>{head}<div id="stage"></div></main>
<noscript>This picture needs JavaScript: allow scripts for this page.</noscript>
<script type="module">
{script}
const given = {given};
openPage(document.getElementById("stage"), given.state, given.options, given.links);
</script>"""


def page(
    state: Mapping[str, Any],
    options: Mapping[str, Any],
    title: str = "The N-pair loss",
    *,
    above: str = "",
    head: str = "",
    style: str = "",
) -> str:
    """The page that shows `state`, as HTML.

    Args:
        state: A checked state, see `npair_viz.stage.state`.
        options: See `npair_viz.stage.parts.options_of`.
        title: The page's title.
        above: HTML over the page's main part.
        head: HTML over the stage, within the main part.
        style: CSS to add to the style sheet.

    Returns:
        The whole document.
    """
    given = in_script({"state": state, "options": options, "links": links_of_the_stage()})
    body = STAGE.format(above=above, head=head, script=bundle("entry/page"), given=given)
    return whole_page(title, f"body {{ margin: 0; }} {style_sheet()}{style}", body)


def whole_page(title: str, style: str, body: str, kind: str = "") -> str:
    """A page of one file, as HTML; `kind` is a class of its body, for style sheets, whose comments are left out."""
    given = {"style": COMMENTS.sub("", style), "body": body, "kind": kind and f" {kind}"}
    return PAGE.format(title=html.escape(title), **given)


def in_script(value: object) -> str:
    """A value as a script inside a page can hold it: "<!--<script>" would hide the script's end."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
