"""The static site: what each kind of cell becomes, what stays sealed, and that page and notebook judge alike."""

import json
import re
import zipfile
from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from npair_viz import exercise, predict
from npair_viz.exercises.exercises import NUMBERS
from npair_viz.exercises.questions import QUESTIONS
from tests.support.built_sites import made
from tests.support.node import answers as told_by_node
from tools.course.build import pack
from tools.course.forms import answers, checks, is_typed
from tools.course.prose import data_uri, formula, prose

TYPED = [number for number in NUMBERS if is_typed(exercise(number))]
REVEALED = "([question, guess, reason]) => revealed(question, guess, reason)"
CHECKED = "([exercise, typed]) => checkedAnswer(exercise, typed).text"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return made(tmp_path_factory.mktemp("site"), all_of_them=False)


@pytest.fixture(scope="module")
def lesson(site):
    return (site / "98.html").read_text(encoding="utf-8")


def sealed_in(html, name):
    return [json.loads(b64decode(text)) for text in re.findall(rf'data-{name}="([^"]+)"', html)]


def given_to(html):
    return json.loads(re.search(r"^openLesson\((\{.*\})\);", html, re.MULTILINE)[1])


# --- what a cell becomes


def test_explorers_and_stages_live_on_with_the_state_of_their_cells_end(lesson):
    first, mission, tidy, twin, pixels = given_to(lesson)["stages"]
    assert (first["state"]["tao"], first["state"]["steps"]) == (1.0, 5)
    assert mission["options"]["mission"]["title"].startswith("Move one point")
    assert [stage["state"]["scene"] for stage in (tidy, twin)] == ["tidy", "twin"]
    assert twin["state"]["surface"] == "plane"
    assert (pixels["state"]["scene"], pixels["state"]["drawer"]) == ("pixels", "shares")
    assert "base" not in pixels["state"]  # the page has it once
    assert len(given_to(lesson)["scenes"]["pixels"]["base"]["images"]) == 20
    assert lesson.count("<figure data-stage=") == 5


def test_what_needs_python_is_a_still_and_says_so(lesson):
    assert "shows all rows as a cloud to click on" in lesson
    assert "trains before your eyes" in lesson
    assert "a &amp; b</text>" in lesson  # the name of a figure's line


def test_printed_text_is_folded_and_escaped(lesson):
    assert "<summary>▶ run</summary><pre>0.757 &amp; &lt;so on&gt;</pre>" in lesson
    assert "Stage. Anchor" not in lesson  # what a stage is called where there are no widgets


def test_before_its_parts_a_page_has_a_header_with_what_the_lesson_is(lesson):
    header = re.search(r"<main>\s*<header>(.*?)</header>", lesson, re.DOTALL)[1]
    assert "<h1>Try all: does it live?</h1>" in header
    assert "<strong>All of it lives.</strong>" in header
    assert 'alt="A circle"' in header
    assert "data-stage" not in header


def test_each_heading_of_the_second_level_begins_a_part_that_an_address_can_lead_to(lesson):
    parts = re.findall(r'<section class="part" id="([^"]*)">\s*<(\w+)', lesson)
    assert parts == [("one-two", "h2"), ("three", "h2")]


def test_each_living_stage_stands_beside_the_text_that_follows_it(lesson):
    scenes = lesson.split('<div class="scene">')[1:]
    assert [re.findall(r"<figure data-stage=\"(\d)\">", scene) for scene in scenes] == [[f"{k}"] for k in range(5)]
    for scene in scenes:
        figure, text = scene.split('<div class="text">')[:2]
        assert "</figure></div>" in figure
        assert '<div class="code">' in text


def test_an_exercise_that_is_named_and_shown_has_one_form(lesson):
    assert re.findall(r"<b>Exercise (\d+)\.</b>", lesson) == ["2", "3", "7", "4", "5"]


def test_a_notebook_that_a_person_runs_holds_nothing_of_a_page():
    cells = ["from npair_viz import Stage, exercise\ntask = exercise(2)", "Stage()", "task"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook).execute()
    shown = [[set(output.data) for output in cell.outputs if "data" in output] for cell in notebook.cells]
    assert shown[1:] == [
        [{"application/vnd.jupyter.widget-view+json", "text/plain", "image/svg+xml"}],
        [{"text/plain"}],
    ]
    assert all("application/vnd.npair-viz" not in kind for kinds in shown[0] for kind in kinds)


def test_formulas_are_mathml_and_links_lead_within_the_site_or_the_web(lesson):
    assert "$" not in re.sub(r"<script.*?</script>", "", lesson, flags=re.DOTALL)
    assert "<mfrac>" in lesson
    assert "See Meet the loss, a file and" in lesson  # that lesson has no page here


def test_nothing_comes_from_elsewhere(site):
    for file in site.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|href)="(?!data:|https://|#)[^"]*(?<!\.html)"(?!>)', text), file.name
        assert not re.search(r'<(?:script|img|link)[^>]*(?:src|href)="https?:', text), file.name
        assert not re.search(r"^import ", text, re.MULTILINE), file.name


def test_links_between_pages_lead_somewhere(site):
    for file in site.glob("*.html"):
        for link in re.findall(r'href="([^"#:]+\.html)', file.read_text(encoding="utf-8")):
            assert (site / link).is_file(), (file.name, link)


def test_answers_are_sealed(lesson):
    for number in (1, 7, 15):
        assert QUESTIONS[number].why not in lesson
    assert [one["kind"] for one in sealed_in(lesson, "question")] == ["choice", "number", "arrow"]
    assert "log is the natural logarithm" not in lesson
    assert len(sealed_in(lesson, "exercise")) == 3  # 2, 3 and 7: code and missions are done elsewhere


def test_building_twice_gives_identical_pages(site, tmp_path):
    again = made(tmp_path, all_of_them=False)
    assert {file.name for file in again.glob("*")} == {file.name for file in site.glob("*")}
    for file in site.glob("*.html"):
        assert (again / file.name).read_bytes() == file.read_bytes(), file.name


def test_the_zip_holds_every_page_in_one_folder_and_is_the_same_each_time(site, tmp_path):
    for name in ("one.zip", "other.zip"):
        pack(site, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert set(packed.namelist()) == {f"npair_viz_site/{file.name}" for file in site.glob("*.html")}


def test_a_picture_stands_in_a_page_as_it_is_drawn(tmp_path):
    (tmp_path / "one.svg").write_text('<svg role="img"><text>50 % of "#1", isn\'t it</text></svg>', encoding="utf-8")
    svg = unquote(data_uri(tmp_path / "one.svg").removeprefix("data:image/svg+xml,"))
    assert ElementTree.fromstring(svg).findtext("text") == "50 % of '#1', isn't it"


def test_a_formula_keeps_its_letters():
    assert "<mi>x</mi>" in formula("x")
    assert "<math" in prose("It is $x$.", Path(), frozenset())


# --- page and notebook judge alike


def guesses(question):
    if question.kind == "choice":
        return list(question.letters)
    return [place if isinstance(place, float) else list(place) for place in (*question.places, question.truth)]


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_guess_is_told_the_same_on_a_page_and_in_a_notebook(number):
    question = QUESTIONS[number]
    cases = [[answers(question), guess, question.reasons[0]] for guess in guesses(question)]
    for (_, guess, reason), lines in zip(cases, told_by_node(cases, REVEALED, {"guesses": "revealed"}), strict=True):
        asked = predict(number)
        asked.guess(guess, reason)
        assert lines == asked.answer.splitlines()


@pytest.mark.parametrize("number", TYPED)
def test_an_answer_is_told_the_same_on_a_page_and_in_a_notebook(number):
    one = exercise(number)
    known = [one.answer, *(slip.answer for slip in one.slips if not callable(slip.answer))]
    said = [" ".join(sorted(answer)) if isinstance(answer, set | frozenset) else answer for answer in known]
    said = [answer if isinstance(answer, str) else " ".join(map(repr, numbers_in(answer))) for answer in said]
    found = told_by_node([[checks(one), typed] for typed in said], CHECKED, {"exercise_check": "checkedAnswer"})
    assert found == [exercise(number).check(answer).text for answer in known]


def numbers_in(answer):
    values = answer.flatten().tolist() if hasattr(answer, "flatten") else answer
    return [float(value) for value in (values if isinstance(values, list | tuple) else [values])]


def test_slips_that_a_function_recognises_are_told_for_the_points_of_the_task():
    cases = [[checks(exercise(7)), typed] for typed in ("p3, p8, a8", "p8 p1", "P3 p8, p1", "p3, p8")]
    known = [exercise(7).check(typed.lower()).text for _, typed in cases]
    assert told_by_node(cases, CHECKED, {"exercise_check": "checkedAnswer"}) == known
    assert len(set(known)) == 4


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("0.372, 0.581,0.033 .015", [0.372, 0.581, 0.033, 0.015]),
        ("[3, 4, 1]", [3, 4, 1]),
        ("3,4,1", [3, 4, 1]),
        ("0,37 0,58", [0.37, 0.58]),
        ("34.4e9", [34.4e9]),
        ("1 ten", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, numbers):
    assert told_by_node([typed], "numbersOf", {"exercise_check": "numbersOf"}) == [numbers]


def test_nonsense_is_told_in_words():
    cases = [[checks(exercise(2)), typed] for typed in ("", "a dog", "3,466", "3.466 and more")]
    assert told_by_node(cases, CHECKED, {"exercise_check": "checkedAnswer"}) == [
        "Not tried yet: type your answer.",
        "Not yet. The hints help.",
        "Right.",
        "Not yet. The hints help.",
    ]
