"""The API pages: every public name has one, with an example that runs; pages need no network."""

import doctest
import re
from importlib import import_module

import pytest

import npair_viz
from tools.course import api
from tools.course.api import HOMES, Name, api_pages, page_of, public_names
from tools.course.build import stage_pages

NAMES = {one.name: one for one in public_names()}
CONSTANTS = [name for name, one in NAMES.items() if one.kind == "constant"]
FUNCTIONS = [(name, function) for name, one in NAMES.items() if one.kind == "module" for function in one.members]


@pytest.fixture(scope="module")
def pages():
    return api_pages()


def examples(one: Name) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(one.doc.docstring)


# --- every name, every example


@pytest.mark.parametrize("name", npair_viz.__all__)
def test_every_public_name_has_an_example_in_its_docstring(name):
    assert examples(NAMES[name])


@pytest.mark.parametrize("function", [pytest.param(one, id=f"{name}.{one.name}") for name, one in FUNCTIONS])
def test_every_function_of_a_public_module_has_an_example_in_its_docstring(function):
    assert examples(function)


@pytest.mark.parametrize("name", CONSTANTS)
def test_the_example_of_a_constant_runs_for_pytest_finds_none_below_an_assignment(name):
    known = dict(vars(import_module(HOMES[name])))
    told = doctest.DocTestParser().get_doctest(NAMES[name].doc.docstring, known, name, None, None)
    assert doctest.DocTestRunner().run(told) == doctest.TestResults(failed=0, attempted=len(told.examples))


@pytest.mark.parametrize("name", npair_viz.__all__)
def test_every_public_name_has_its_page_with_its_example_and_the_list_leads_there(name, pages):
    page = pages[page_of(name)]
    assert f'<h1 id="{name}"><code>{name}</code></h1>' in page
    assert '<pre class="example">' in page.partition(f'<h1 id="{name}">')[2].partition("<article>")[0]
    assert f'<a href="{page_of(name)}.html#{name}">' in pages["api"]


def test_names_that_differ_in_their_case_alone_share_a_page_since_some_disks_could_not_hold_two(pages):
    assert '<h1 id="phase">' in pages["api_phase"]
    assert '<h1 id="Phase">' in pages["api_phase"]
    assert len({page.lower() for page in pages}) == len(pages)


# --- what a docstring becomes


def test_a_signature_names_every_argument_and_types_by_their_last_names(pages):
    called = NAMES["npair_loss"].signature
    assert re.findall(r"^    (\w+):", called, re.MULTILINE) == [*npair_viz.npair_loss.__annotations__][:-1]
    assert "anchors: Tensor," in called
    assert "from npair_viz import npair_loss" in re.sub(r"<[^>]+>", "", pages["api_npair_loss"])


def test_a_method_is_shown_without_self_and_a_static_one_with_all_its_arguments():
    shown = {one.name: one.signature for one in NAMES["NPairLoss"].members}
    assert shown["l2_loss"].startswith("def l2_loss(anchors: Tensor, positives")
    assert re.findall(r"(\w+):", shown["select"]) == ["embeddings", "target"]


def test_traits_and_private_fields_are_left_to_the_text():
    assert NAMES["NPairGradients"].signature == "class NPairGradients"
    assert {"reading", "to_html"} <= {one.name for one in NAMES["Stage"].members}
    assert not {"tao", "points", "state"} & {one.name for one in NAMES["Stage"].members}


def test_equations_sections_and_names_of_the_library_are_marked_as_such(pages):
    page = pages["api_npairloss"]
    assert '<pre class="equation">L = mean_i log(1 + Σ_{j≠i} exp(' in page
    assert [*dict.fromkeys(re.findall(r"<h2>(.+?)</h2>", page))] == ["Arguments", "Raises"]
    assert '<li><code class="named">normalize</code> ' in page
    assert '<a href="api_npair_loss.html#npair_loss"><code>npair_loss</code></a>' in page


def test_what_looks_like_html_in_a_docstring_is_text():
    assert "a &lt;b&gt; c" in api._words("a <b> c", 1)
    assert "&lt;script&gt;" in api._words("<script>\nc", 1)


def test_a_formula_in_tex_is_mathml():
    assert "<msub>" in api._words("It is $a_i$.", 1)


# --- offline


def test_links_lead_to_a_place_of_the_site(pages):
    links = {(page, *link) for page, text in pages.items() for link in re.findall(r'href="([^"#:]*)#?([^":]*)"', text)}
    assert len(links) > 150
    stages = stage_pages()
    for page, file, place in links:
        if file == "explore.html":
            assert "explore" in stages
            assert not place
        elif file != "index.html":
            assert f'id="{place}"' in pages[file.removesuffix(".html") or page] or not place, (page, file, place)


def test_no_page_asks_for_anything(pages):
    for name, text in pages.items():
        assert not re.search(r"<(?:script|img|iframe|object)|\bsrc=|url\(|@import|https?://", text), name
        assert re.findall(r"<link [^>]+>", text) == ['<link rel="icon" href="data:,">']


def test_no_place_on_a_page_has_two_elements(pages):
    for name, text in pages.items():
        places = re.findall(r'\bid="([^"]+)"', text)
        assert len(places) == len(set(places)), name


def test_each_page_is_small(pages):
    assert max(len(text.encode()) for text in pages.values()) < 40_000


def test_a_second_build_gives_the_same_pages(pages):
    api._doc.cache_clear()
    api._module.cache_clear()
    assert api_pages() == pages
