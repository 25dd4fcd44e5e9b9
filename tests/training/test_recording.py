"""What is kept of a run: it stays bounded and even, and comes back from its text; damaged text is refused in words."""

import copy
import json
import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.training import recording as module
from npair_viz.training.recording import Alert, Picture, Recording

NUMBERS = st.one_of(st.floats(), st.integers(-9, 9).map(float))
WHOLE = Recording(
    "a run",
    [{"step": 0.0, "loss": 1.5}, {"step": 10.0, "loss": math.nan, "gap": -math.inf}],
    [
        Picture(
            10, torch.tensor([[0.25, -1.0], [0.5, 2.0]]), torch.tensor([3, 3]), torch.tensor([0, 1]), held=0.75,
            same_rows=False,
        )
    ],
    [Alert("nan", 10, "The loss is nan.", "Look for it.")],
)  # fmt: skip
TEXT = WHOLE.to_json()


def same(left: dict[str, float], right: dict[str, float]) -> bool:
    return left.keys() == right.keys() and all(
        left[name] == right[name] or (math.isnan(left[name]) and math.isnan(right[name])) for name in left
    )


@given(st.lists(st.dictionaries(st.text(max_size=9), NUMBERS, max_size=4), max_size=5), st.text())
def test_every_number_comes_back_from_the_text(rows: list[dict[str, float]], name: str) -> None:
    rows = [row | {"step": float(i)} for i, row in enumerate(rows)]
    back = Recording.from_json(Recording(name, rows).to_json())
    assert back.name == name
    assert all(same(old, new) for old, new in zip(rows, back.rows, strict=True))


def test_pictures_and_alerts_come_back_from_the_text() -> None:
    back = Recording.from_json(TEXT)
    (picture,), (old,) = back.pictures, WHOLE.pictures
    assert back.alerts == WHOLE.alerts
    assert all(torch.equal(getattr(picture, name), getattr(old, name)) for name in ("places", "classes", "sides"))
    assert (picture.step, picture.held, picture.same_rows) == (10, 0.75, False)


def test_the_text_is_strict_json_whose_words_javascript_reads_as_numbers() -> None:
    (_, row) = json.loads(TEXT, parse_constant=pytest.fail)["rows"]
    assert (row["loss"], row["gap"]) == ("NaN", "-Infinity")


def damaged() -> dict[str, str]:
    whole = json.loads(TEXT)

    def with_another(*way: object, value: object) -> str:
        *path, last = way
        at = spoilt = copy.deepcopy(whole)
        for part in path:
            at = at[part]
        at[last] = value
        return json.dumps(spoilt)

    return {
        "no text": "",
        "half of it": TEXT[: len(TEXT) // 2],
        "another file": '{"scene": "line-up"}',
        "a list": "[1, 2]",
        "a number": "7",
        "deep brackets": "[" * 100_000,
        "a later version": with_another("version", value=2),
        "a version in words": with_another("version", value="1"),
        "a number for a name": with_another("name", value=3),
        "rows that are no list": with_another("rows", value={"step": 0}),
        "a row that is no object": with_another("rows", 0, value=[1]),
        "a word for a number": with_another("rows", 0, "loss", value="1.5"),
        "a flag for a number": with_another("rows", 0, "loss", value=True),
        "nothing for a number": with_another("rows", 0, "loss", value=None),
        "a number beyond floats": with_another("rows", 0, "loss", value=10**400),
        "a row without a step": with_another("rows", 0, value={"loss": 1.0}),
        "very many rows": with_another("rows", value=[{"step": 0}] * (module.MOST_ROWS + 1)),
        "very many pictures": with_another("pictures", value=whole["pictures"] * (module.MOST_PICTURES + 1)),
        "a place of three numbers": with_another("pictures", 0, "places", 0, value=[0, 0, 0]),
        "a place of one number": with_another("pictures", 0, "places", 0, value=[0]),
        "a picture of fewer classes": with_another("pictures", 0, "classes", value=[3]),
        "a class that is no whole number": with_another("pictures", 0, "classes", 0, value=0.5),
        "a class beyond integers": with_another("pictures", 0, "classes", 0, value=2**63),
        "a third side": with_another("pictures", 0, "sides", 0, value=2),
        "a word for a flag": with_another("pictures", 0, "same_rows", value="false"),
        "an alert without words": with_another("alerts", 0, value={"name": "nan", "step": 1}),
    }


@pytest.mark.parametrize(("what", "text"), damaged().items())
def test_a_damaged_text_is_refused_in_words(what: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^the text must be a recording as monitor.save writes it, got one where .+"):
        Recording.from_json(text)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(list('{}[]",:0e-Nx')))
def test_text_with_a_wrong_letter_gives_a_recording_or_a_refusal(at: int, letter: str) -> None:
    told = ""
    try:
        Recording.from_json(TEXT[:at] + letter + TEXT[at + 1 :])
    except ValueError as error:
        told = str(error)
    assert told.startswith("the text must be a recording") or not told


@given(st.integers(4, 40), st.integers(1, 200))
def test_what_is_kept_of_a_long_run_is_bounded_and_even(most: int, count: int) -> None:
    kept: list[int] = []
    for step in range(count):
        module._keep(kept, step, most, float)
    gaps = [after - before for before, after in pairwise(kept)]
    assert len(kept) == min(count, most)
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert max(gaps, default=1) <= 2 * max(1, math.ceil(count / most))


def test_the_lists_stay_the_same_objects_whatever_is_kept() -> None:
    whole = Recording()
    rows, pictures = whole.rows, whole.pictures
    for step in range(module.MOST_PICTURES + 5):
        whole.keep_row({"step": float(step)})
        whole.keep_picture(Picture(step, torch.zeros(0, 2), torch.zeros(0), torch.zeros(0), 1.0, same_rows=True))
    assert whole.rows is rows
    assert whole.pictures is pictures
    assert len(pictures) == module.MOST_PICTURES
    assert len(rows) == module.MOST_PICTURES + 5
