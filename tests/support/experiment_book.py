"""The experiments of the lessons, and how any front end plays them: it brings its acts and its readings."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from npair_viz.geometry.experiments import EXPERIMENTS as OPENINGS

BOOK = json.loads(Path(__file__).with_name("experiments.json").read_text(encoding="utf-8"))
for experiment in BOOK["experiments"]:
    start = asdict(OPENINGS[experiment["id"]])
    experiment |= {"title": start.pop("title"), "start": start}
EXPERIMENTS = {experiment["id"]: experiment for experiment in BOOK["experiments"]}


def follow(experiment: dict[str, Any], act: Callable[[str, Any], None], read: Callable[..., Any]) -> None:
    """Do the acts of each step, and compare what is read after them with what the book expects."""
    for step in experiment["steps"]:
        before = [read(*expected["read"]) if expected.get("stays") else None for expected in step["expect"]]
        for one in step["acts"]:
            for kind, value in one.items():
                act(kind, value)
        for expected, former in zip(step["expect"], before, strict=True):
            try:
                compare(read(*expected["read"]), expected, former)
            except AssertionError as error:
                raise AssertionError(f"{experiment['id']}, {step['say']}: {error}") from None


def compare(value: Any, expected: dict[str, Any], before: Any) -> None:
    said = f"{expected['read']} reads {value!r}"
    if "starts" in expected:
        assert value.startswith(expected["starts"]), said
    elif "has" in expected:
        assert expected["has"] in value, said
    else:
        within = expected.get("within", BOOK["tolerance"])
        wanted = before if expected.get("stays") else expected["is"]
        assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, rel=0, abs=within)), said
