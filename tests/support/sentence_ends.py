"""How a sentence starts and ends."""

import pytest

ALONE = "Only one pair: nobody to confuse it with."


def starts(sentence, opening):
    return sentence.startswith(opening) or pytest.fail(f"{sentence!r} does not start with {opening!r}")


def ends(sentence, close):
    return sentence.endswith(close) or pytest.fail(f"{sentence!r} does not end with {close!r}")
