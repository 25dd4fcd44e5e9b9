"""What the lessons ask of a reader: questions, exercises, missions, and the misconceptions that they meet."""

import re

import pytest

import npair_viz
from npair_viz.exercises.exercises import NUMBERS
from npair_viz.exercises.questions import QUESTIONS
from tests.support.lesson_files import NAMES, built, cells, each_lesson

THE_SAME = 12  # is both a question and an exercise, and the question asks it
PLAYED = {5: "a better place", 19: "a wrong label"}  # exercises that are missions: the stage itself checks them
MISCONCEPTIONS = {f"M{number}" for number in range(1, 22)}  # what students believe, each to be met by a cell
ELECTIVE = "09_scale_it_up"  # stands beside the course: it may ask no question


def tags(name: str) -> set[str]:
    return {tag for cell in built(name).cells for tag in cell.metadata.get("tags", [])}


def asked(name: str, call: str) -> list[str]:
    """The numbers with which the cells of a lesson call `predict` or `exercise`."""
    return [number for cell in cells(built(name), "code") for number in re.findall(rf"\b{call}\((\d+)", cell.source)]


def made_for(name: str) -> list[int]:
    """The numbers of a lesson's exercises; two lessons have but one."""
    return [number for number in NUMBERS if npair_viz.exercise(number).lesson == name]


@pytest.mark.parametrize("name", [name for name in NAMES if name != ELECTIVE])
def test_a_lesson_lets_the_reader_predict_and_only_then_shows(name: str) -> None:
    assert asked(name, "predict")
    code = cells(built(name), "code")
    assert "predict(" not in code[-1].source


@each_lesson
def test_a_question_is_asked_alone_in_its_cell(name: str) -> None:
    asking = [cell for cell in cells(built(name), "code") if "predict(" in cell.source]
    for cell in asking:
        lines = [line for line in cell.source.splitlines() if line and not line.startswith("from ")]
        assert len(lines) == 1
        assert re.fullmatch(r"predict\(\d+\)", lines[0])


@each_lesson
def test_a_lesson_sets_its_exercises_and_an_untouched_one_says_not_tried_yet(name: str) -> None:
    untouched = [cell for cell in cells(built(name), "code") if re.search(r"^mine = None$", cell.source, re.MULTILINE)]
    assert untouched
    for cell in untouched:
        (number,) = re.findall(r"\bexercise\((\d+)\)", cell.source)
        assert cell.outputs[0].text.startswith(f"Exercise {number}. ")
        assert cell.outputs[0].text.splitlines()[-1].startswith("Not tried yet")
        assert "nbval-check-output" in cell.metadata.tags


@each_lesson
def test_an_exercise_stands_in_the_lesson_that_it_was_made_for(name: str) -> None:
    assert {int(number) for number in asked(name, "exercise")} <= set(made_for(name))


@each_lesson
def test_a_lesson_ends_with_exercises_of_ones_own_and_says_how_to_get_help(name: str) -> None:
    notebook = built(name).cells
    (start,) = (i for i, cell in enumerate(notebook) if "## On your own" in cell.source)
    assert "task.hint()" in notebook[start].source
    assert "task.solution()" in notebook[start].source
    after = [cell for cell in notebook[start:] if cell.cell_type == "code" and "exercise(" in cell.source]
    assert min(2, len(made_for(name))) <= len(after) <= 3


def test_the_lessons_together_ask_every_question_and_set_every_exercise() -> None:
    code = "\n".join(cell.source for name in NAMES for cell in cells(built(name), "code"))
    asked = {int(number) for number in re.findall(r"\bpredict\((\d+)\)", code)}
    assert asked == set(QUESTIONS)
    played = {number for number, mission in PLAYED.items() if f'Stage(mission="{mission}")' in code}
    done = {int(number) for number in re.findall(r"\bexercise\((\d+)\)", code)}
    assert done | played | (asked & {THE_SAME}) == set(NUMBERS)


@each_lesson
def test_a_tag_is_a_misconception_or_asks_nbval_to_look(name: str) -> None:
    assert tags(name) <= {*MISCONCEPTIONS, "nbval-check-output"}


def test_the_lessons_together_meet_every_misconception() -> None:
    assert set.union(*map(tags, NAMES)) >= MISCONCEPTIONS
