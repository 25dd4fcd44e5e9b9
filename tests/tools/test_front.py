"""The front page: its lessons as cards, the core path and its time, and the words over the other pages' stages."""

import re

import nbformat
import pytest

from tests.support.repository import ROOT
from tools.course.build import LESSONS, stage_pages
from tools.course.emblems import EMBLEMS, emblem
from tools.course.front import CORE, duration, front_page
from tools.course.pages import lesson_of

FILES = sorted(LESSONS.glob("[0-9]*.ipynb"))


@pytest.fixture(scope="module")
def course():
    return [lesson_of(file.stem, nbformat.read(file, as_version=4)) for file in FILES]


@pytest.fixture(scope="module")
def page(course):
    return front_page(course)


def test_every_lesson_is_a_card_with_its_minutes_its_thesis_and_an_emblem(page, course) -> None:
    cards = re.findall(r"<li(?: class=\"core\")?>\s*<svg class=\"emblem\".*?</li>", page, re.DOTALL)
    assert len(cards) == len(course) == len(EMBLEMS)
    for card, lesson in zip(cards, course, strict=True):
        assert f'href="{lesson.number}.html"' in card
        assert f"{lesson.minutes} minutes" in card
        assert lesson.sentence.replace("'", "&#39;") in card


def test_the_core_path_is_what_one_session_teaches(page) -> None:
    teaching = (ROOT / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    taught = re.search(r"^Lessons (.+) in short", teaching, re.MULTILINE)
    assert [int(number) for number in CORE] == [int(number) for number in re.findall(r"\d+", taught[1])]
    assert page.count('<li class="core">') == len(CORE)


def test_the_time_of_the_core_path_is_the_sum_of_its_lessons(page, course) -> None:
    assert duration(course[:1]) == "40 min"
    assert duration(course) == "6 h 10 min"
    assert f"It takes {duration([one for one in course if one.number in CORE])}." in page


def test_a_lesson_without_an_emblem_has_none() -> None:
    assert emblem("98") == ""


def test_pages_of_a_stage_have_a_title_words_and_a_way_home() -> None:
    pages = stage_pages()
    assert len({re.search(r"<h1>(.*?)</h1>", text)[1] for text in pages.values()}) == len(pages)
    for name, text in pages.items():
        assert re.search(r"<main><header><h1>[^<]+</h1><p>[^<]+</p></header><div id=\"stage\">", text), name
        assert '<a href="index.html">' in text


def test_no_page_of_a_stage_weighs_more_than_it_may(page) -> None:
    sizes = {name: len(text.encode()) for name, text in {**stage_pages(), "index": page}.items()}
    assert {name: size for name, size in sizes.items() if size > 300_000} == {}
