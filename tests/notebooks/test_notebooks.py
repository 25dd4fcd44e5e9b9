"""Every lesson is in step with its script, small, short, and true to its own numbers; `make lessons` runs them."""

import re
from pathlib import Path
from statistics import median

import jupytext
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

import npair_viz
from tests.support.lesson_files import LESSONS, NAMES, built, cells, each_lesson, prose
from tools.build_notebooks import build
from tools.draw_stills import PICTURES, STILLS

MARKDOWN_NOISE = re.compile(r"<[^>]*>|\$[^$]*\$|\]\([^)]*\)|`[^`]*`|\d-D")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
HEADINGS_AT_THE_END = ["On your own", "In practice", "Further reading"]
SCRIPT = """# %% [markdown]
# # On your own

# %%
from IPython.display import HTML, display

print("one", flush=True)
display(HTML("<b>seen on a screen alone</b>"))
print("two")
HTML("<b>two</b>")
"""


def essence(notebook: NotebookNode) -> list[tuple[str, str, list[str]]]:
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def said_by_cells(notebook: NotebookNode) -> str:
    code = cells(notebook, "code")
    outputs = [output for cell in code for output in cell.outputs]
    printed = [output.text if output.output_type == "stream" else output.data["text/plain"] for output in outputs]
    return "\n".join([*(cell.source for cell in code), *printed])


def claims(text: str) -> str:
    """What a lesson states: not the options of a guess, minutes, or years of papers."""
    for question in (
        r"\*\*Guess\.\*\*.*?\n\n",
        r"## Further reading.*",
        r"\d+ (?:minutes|degrees apart)",
    ):
        text = re.sub(question, "\n", text + "\n\n", flags=re.DOTALL)
    return text


def numbers(text: str) -> set[float]:
    """The numbers of a text that can be wrong: those of one digit are classes, choices and counts."""
    found = [found[0] for found in NUMBER.finditer(MARKDOWN_NOISE.sub(" ", text))]
    return {float(number) for number in found if len(number) > 1}


# --- built from the script


def test_there_is_a_notebook_for_every_script() -> None:
    assert sorted(path.stem for path in LESSONS.glob("*.py")) == NAMES
    assert NAMES[:2] == ["01_meet_the_loss", "02_explore_the_geometry"]


@each_lesson
def test_no_two_cells_share_an_id(name: str) -> None:
    ids = [cell.id for cell in built(name).cells]
    assert len(set(ids)) == len(ids)


@each_lesson
def test_a_notebook_is_in_step_with_its_script(name: str) -> None:
    script = jupytext.read(LESSONS / f"{name}.py", fmt="py:percent")
    assert essence(built(name)) == essence(script), f"{name} is out of step: run make notebooks"


@each_lesson
def test_a_notebook_opens_with_no_question_for_a_kernel(name: str) -> None:
    assert built(name).metadata.kernelspec.name == "python3"


@each_lesson
def test_a_notebook_is_small_and_holds_printed_text_alone(name: str) -> None:
    notebook = built(name)
    assert (LESSONS / f"{name}.ipynb").stat().st_size < 60_000
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    outputs = [output for cell in cells(notebook, "code") for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "execute_result"}
    assert all(output.get("name", "stdout") == "stdout" for output in outputs)
    assert all(set(output.get("data", {})) <= {"text/plain"} for output in outputs)


@each_lesson
def test_a_notebook_was_run_from_top_to_bottom(name: str) -> None:
    code = cells(built(name), "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@each_lesson
def test_outputs_stay_folded_until_the_reader_has_guessed(name: str) -> None:
    assert all(cell.metadata.jupyter.outputs_hidden for cell in cells(built(name), "code"))


@each_lesson
def test_three_cells_or_more_have_their_printed_text_checked(name: str) -> None:
    checked = [cell for cell in built(name).cells if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert len(checked) >= 3
    assert all(output.output_type == "stream" for cell in checked for output in cell.outputs)
    assert all(cell.outputs for cell in checked)


def test_building_twice_gives_identical_files_without_what_only_a_screen_shows(tmp_path: Path) -> None:
    script = tmp_path / "09_try_it.py"
    script.write_text(SCRIPT, encoding="utf-8")
    build(script)
    once = script.with_suffix(".ipynb").read_bytes()
    build(script)
    assert script.with_suffix(".ipynb").read_bytes() == once
    (cell,) = cells(nbformat.reads(once.decode(), as_version=4), "code")
    assert [output.output_type for output in cell.outputs] == ["stream", "execute_result"]
    assert cell.outputs[0].text == "one\ntwo\n"
    assert cell.outputs[1].data == {"text/plain": "<IPython.core.display.HTML object>"}


def test_a_lesson_whose_code_fails_is_not_built(tmp_path: Path) -> None:
    script = tmp_path / "09_fail.py"
    script.write_text("# %%\n1 / 0\n", encoding="utf-8")
    with pytest.raises(CellExecutionError, match="division by zero"):
        build(script)
    assert not script.with_suffix(".ipynb").exists()


# --- budgets


@each_lesson
def test_a_lesson_is_short(name: str) -> None:
    notebook = built(name)
    sizes = [len(cell.source.splitlines()) for cell in cells(notebook, "code")]
    assert len(sizes) <= 14
    assert median(sizes) <= 5
    assert max(sizes) <= 15
    assert len(prose(notebook).split()) <= 1200
    assert said_by_cells(notebook).count("explore(") <= 3


@each_lesson
def test_code_fits_the_width_that_a_laptop_leaves_it(name: str) -> None:
    assert max(len(line) for cell in cells(built(name), "code") for line in cell.source.splitlines()) <= 105


@each_lesson
def test_a_lesson_defines_nothing(name: str) -> None:
    code = "\n".join(cell.source for cell in cells(built(name), "code"))
    assert not re.findall(r"^\s*(?:class|def|async def) |\blambda\b", code, re.MULTILINE)


# --- what a reader meets


@each_lesson
def test_a_lesson_opens_with_a_title_a_sentence_a_still_and_one_cell(name: str) -> None:
    first, second, third = built(name).cells[:3]
    title, sentence, still, call = first.source.split("\n\n")
    assert re.fullmatch(r"# \w.*", title)
    assert re.fullmatch(r"\*\*.*\.\*\*", sentence)
    assert re.fullmatch(rf"!\[.+\]\(pictures/{name[:2]}\.svg\)", still)
    assert call.endswith("lick the grey cell and press **Shift+Enter**.")
    assert "explore(" in second.source
    assert third.source.startswith("<details><summary><b>What you'll do, what you'll learn, what you'll need</b>")


@each_lesson
def test_a_lesson_ends_as_every_lesson_does(name: str) -> None:
    titles = re.findall(r"^#+ (.+)$", prose(built(name)), re.MULTILINE)
    assert titles[-3:] == HEADINGS_AT_THE_END


@each_lesson
def test_every_fold_is_closed(name: str) -> None:
    for cell in cells(built(name), "markdown"):
        for tag in ("details", "summary"):
            assert cell.source.count(f"<{tag}>") == cell.source.count(f"</{tag}>")


@each_lesson
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", prose(built(name)))
    files = [target for target in targets if not target.startswith("https://")]
    assert files
    assert all((LESSONS / target).is_file() for target in files)


@each_lesson
def test_a_lesson_speaks_of_no_lesson_that_is_not_there(name: str) -> None:
    assert set(re.findall(r"[Ll]esson (\d+)", prose(built(name)))) <= {str(int(one[:2])) for one in NAMES}


@each_lesson
def test_a_lesson_takes_public_names_alone(name: str) -> None:
    code = "\n".join(cell.source for cell in cells(built(name), "code"))
    rooms = re.findall(r"^(?:from|import) (npair_viz\S*)", code, re.MULTILINE)
    taken = re.findall(r"^from npair_viz import (.+)$", code, re.MULTILINE)
    assert set(rooms) == {"npair_viz"}
    assert set(", ".join(taken).split(", ")) <= set(npair_viz.__all__)


@each_lesson
def test_every_number_of_the_text_is_printed_or_used_by_a_cell(name: str) -> None:
    notebook = built(name)
    said = numbers(said_by_cells(notebook))
    said |= {round(100 * number) for number in said if number < 1}
    assert numbers(claims(prose(notebook))) <= said


# --- stills


def test_every_lesson_has_its_still() -> None:
    assert sorted(STILLS) == [f"{name[:2]}.svg" for name in NAMES]


@pytest.mark.parametrize("name", STILLS)
def test_a_still_is_what_is_drawn_today_and_is_small(name: str) -> None:
    assert (PICTURES / name).read_text(encoding="utf-8") == STILLS[name](), "run make notebooks"
    assert (PICTURES / name).stat().st_size < 20_000
