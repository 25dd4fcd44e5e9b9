"""The teacher's page tells the truth: of the lessons, of their questions, and of a machine."""

import re
import subprocess
import sys
import tomllib

import nbformat
import pytest

from npair_viz.exercises.exercises import exercise
from npair_viz.exercises.question import Question
from npair_viz.exercises.questions import QUESTIONS
from npair_viz.geometry.missions import MISSIONS
from tests.support.repository import ROOT

LESSONS = ROOT / "notebooks"
PAGE = (LESSONS / "TEACHING.md").read_text(encoding="utf-8")
BEFORE_AND_AFTER = [1, 3, 6, 8, 10, 13]
DONT_KNOW_YET = "E"
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
OWN_NUMBERS = {90.0, 25.0}  # minutes of a session, students: other tests hold what is said of them
MORE_ROOM = 1.0  # GB that the page plans for each student


def rows(heading: str) -> list[list[str]]:
    """The cells of each row of the tables below a heading, without the row of titles."""
    section = re.search(rf"^(?:## |\*\*){re.escape(heading)}.*?\n(.*?)(?=^## |^\*\*\w+: lesson|\Z)", PAGE, re.M | re.S)
    assert section is not None, heading
    lines = [line.strip("| ").split(" | ") for line in section[1].splitlines() if line.startswith("|")]
    return [line for line in lines[1:] if not line[0].startswith("---")]


def notebooks() -> dict[int, nbformat.NotebookNode]:
    return {int(path.name[:2]): nbformat.read(path, as_version=4) for path in LESSONS.glob("*.ipynb")}


def letters_of(question: Question) -> str:
    """The right letter: of a number, that of its option."""
    if isinstance(question.truth, str):
        return question.truth
    return question.letters[question.places.index(question.truth)]


def replies() -> list[list[str]]:
    return rows("What students answer")


# --- sessions


@pytest.mark.parametrize("heading", ["One session", "First: ", "Second: ", "Third: "])
def test_the_minutes_of_a_session_follow_each_other_to_ninety(heading: str) -> None:
    ends = [tuple(map(int, row[0].split("–"))) for row in rows(heading)]
    assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert ends[-1][1] == 90


def test_a_session_asks_only_what_the_page_has_a_reply_to() -> None:
    answered = {row[0] for row in replies()}
    for heading in ("One session", "First: ", "Second: ", "Third: "):
        assert set(re.findall(r"\bQ(\d+)", " ".join(row[2] for row in rows(heading)))) <= answered


def test_the_exercises_and_missions_of_a_session_are_there() -> None:
    assert {exercise(int(number)).number for number in re.findall(r"[Ee]xercise (\d+)", PAGE)}
    assert set(re.findall(r"\*(a [a-z ]+|sabotage)\*", PAGE)) <= set(MISSIONS)


# --- questions


def test_every_question_that_is_chosen_has_its_row() -> None:
    assert [int(row[0]) for row in replies()] == [one.number for one in QUESTIONS.values() if one.kind != "arrow"]


@pytest.mark.parametrize("row", replies(), ids=lambda row: f"Q{row[0]}")
def test_the_right_letter_is_the_questions_own_and_the_wrong_ones_are_wrong(row: list[str]) -> None:
    question = QUESTIONS[int(row[0])]
    right, *wrong = row[2], row[3][0], row[4][0]
    assert right == letters_of(question)
    assert wrong[0] != wrong[1]
    assert set(wrong) <= set(question.letters) - {right}


def test_before_and_after_are_the_six_questions_with_their_key_and_one_option_more() -> None:
    section = PAGE.split("## Before and after")[1].split("## ")[0]
    asked, key = section.split("Key: ")
    assert [int(number) for number in re.findall(r"\bQ(\d+)", asked)] == BEFORE_AND_AFTER
    told = re.findall(r"(\d+) ([A-D])\b", key.splitlines()[0])
    assert [(int(number), letter) for number, letter in told] == [
        (number, letters_of(QUESTIONS[number])) for number in BEFORE_AND_AFTER
    ]
    assert all(DONT_KNOW_YET not in QUESTIONS[number].letters for number in BEFORE_AND_AFTER)
    assert "(after - before) / (6 - before)" in section


# --- lessons


def test_the_table_of_beliefs_is_what_the_tags_of_the_lessons_say() -> None:
    told = {row[0]: {int(one) for one in row[2].split(", ")} for row in rows("Where each belief")}
    assert list(told) == [f"M{number}" for number in range(1, 22)]
    for number, notebook in notebooks().items():
        tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", []) if tag.startswith("M")}
        assert {belief for belief, lessons in told.items() if number in lessons} == tags, f"lesson {number}"


def test_every_number_is_printed_by_a_lesson_or_stands_in_a_question() -> None:
    outputs = [
        output.get("text") or output.data["text/plain"]
        for notebook in notebooks().values()
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    asked = [f"{one.text} {one.options} {one.why} {dict(one.misconceptions)}" for one in QUESTIONS.values()]
    known = {float(number) for text in [*outputs, *asked] for number in NUMBER.findall(text)} | OWN_NUMBERS
    said = re.sub(r"^\| \d+–\d+ |^\| \d+ |^ {4}.*$|[Ee]xercise \d+|Key: .*|Python 3.11|1,000 MiB", "", PAGE, flags=re.M)
    assert {float(number) for number in NUMBER.findall(said) if len(number) > 1} <= known


# --- machines and words


def test_what_a_machine_needs_is_what_the_project_asks_for() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert f"Python {asked.removeprefix('>=')} or newer" in PAGE
    assert "2 GB of disk" in PAGE
    assert "2 GB of disk" in readme


@pytest.mark.slow  # 13 s: a process that opens what a lesson opens, and trains
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere ru_maxrss has another unit, or is not there"
)
def test_a_kernel_takes_less_memory_than_the_page_plans_for() -> None:
    (code,) = re.findall(r'^ +python -c "(.*)"$', PAGE, re.M)
    # ru_maxrss of a process starts at what its parent held, here pytest: a shell stands between, as a teacher's does.
    shell = ["sh", "-c", '"$0" -W ignore -c "$1" && :', sys.executable, code]
    said = subprocess.run(shell, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+ MiB\n", said.stdout)
    assert int(said.stdout.split()[0]) < 1000
    assert "less than 1,000 MiB" in PAGE
    assert f"plan {MORE_ROOM:g} GB for each student: {25 * MORE_ROOM:g} GB for 25" in PAGE


def test_fifteen_words_are_explained_and_nothing_is_linked() -> None:
    assert len(rows("Fifteen words")) == 15
    assert not re.findall(r"\]\(|https?:", PAGE)


def test_it_stays_a_page_that_is_read() -> None:
    assert len(re.findall(r"[A-Za-z][\w'@-]*", PAGE)) < 1900
