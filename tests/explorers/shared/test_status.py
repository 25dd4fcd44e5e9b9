"""The texts around a picture."""

import html
import re

from npair_viz import explore
from npair_viz.explorers.shared.status import to_speak
from tests.support.cloud_rows import LABELS, rows


def test_no_line_of_a_sentence_begins_with_a_percent_sign():
    explorer = explore(rows(), LABELS, row=3)
    shown = explorer._words["sentence"].value
    assert " %" not in shown
    assert html.unescape(re.sub(r"<.*?>", "", shown)).replace("\u00a0", " ") == explorer.sentence


def test_words_of_the_data_are_no_markup():
    assert "&lt;b&gt;" in to_speak("58 % for <b>")
