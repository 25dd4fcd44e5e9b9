"""All words that a cloud has on the screen: those of its figure, its controls, and around them."""

import html
import re


def words_of(explorer):
    """Each text, as a person reads it."""
    layout, controls = explorer.figure.layout, explorer.controls.values()
    texts = [note.text for note in layout.annotations]
    texts += [axis.title.text for axis in (layout.xaxis, layout.yaxis)]
    texts += [text for axis in (layout.yaxis2, layout.yaxis3) for text in axis.ticktext]
    texts += [trace.name for trace in explorer.figure.data]
    texts += [getattr(one, name, None) for one in controls for name in ("description", "tooltip")]
    texts += [one.value for name, one in explorer._words.items() if name != "style"]
    return [html.unescape(re.sub(r"<[^>]*>", "", text)) for text in texts if text]
