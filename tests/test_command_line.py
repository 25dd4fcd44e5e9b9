"""`npair-viz`: what it prints, and the code with which it ends."""

import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from npair_viz.cli import main


def npair_viz(*arguments: str, code: int) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: a process of its own takes seconds to load torch."""
    with redirect_stdout(StringIO()) as printed, redirect_stderr(StringIO()) as errors:
        try:
            ended = main(arguments)
        except SystemExit as stop:
            ended = stop.code
    assert ended == code, errors.getvalue()
    return subprocess.CompletedProcess(arguments, ended, printed.getvalue(), errors.getvalue())


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "batch.npz"
    embeddings = np.eye(12).repeat(2, 0) + 0.1 * np.random.default_rng(0).standard_normal((24, 12))
    np.savez(path, embeddings=embeddings, labels=np.arange(12).repeat(2))
    return str(path)


def test_a_healthy_batch_ends_with_zero(batch: str) -> None:
    said = npair_viz("doctor", batch, "--tao", "0.2", code=0).stdout
    assert said.startswith("Examined: 24 rows of 12 numbers")


def test_a_setting_that_harms_ends_with_one_and_json_says_which(batch: str) -> None:
    told = json.loads(npair_viz("doctor", batch, "--l2-reg", "0.4", "--json", code=1).stdout)
    assert {"dead l2_reg", "swapped"} <= {found["kind"] for found in told["findings"]}


def test_rows_that_are_no_numbers_are_a_finding_with_their_row_numbers(tmp_path: Path) -> None:
    rows = np.eye(6)
    rows[4, 2] = np.nan
    np.savez(tmp_path / "sick.npz", embeddings=rows, labels=[0, 0, 1, 1, 2, 2])
    told = json.loads(npair_viz("doctor", str(tmp_path / "sick.npz"), "--json", code=1).stdout)
    assert told["findings"][0]["severity"] == "error"
    assert "Row 4 of 6" in told["findings"][0]["detail"]


def test_labels_that_are_row_numbers_are_a_finding(tmp_path: Path) -> None:
    np.savez(tmp_path / "sick.npz", embeddings=np.eye(6), labels=np.arange(6))
    assert "there is no pair" in npair_viz("doctor", str(tmp_path / "sick.npz"), code=1).stdout


def test_a_damaged_file_ends_with_one_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "sick.npz").write_bytes(b"no archive")
    assert "sick.npz: it can't be read as .npz" in npair_viz("doctor", str(tmp_path / "sick.npz"), code=1).stderr


def test_html_is_a_page(batch: str) -> None:
    assert npair_viz("doctor", batch, "--html", code=0).stdout.startswith("<!doctype html>")


def test_earlier_embeddings_show_what_stood_still(batch: str) -> None:
    assert "nothing has moved" in npair_viz("doctor", batch, "--before", batch, code=1).stdout


def test_a_tao_of_zero_is_wrong_usage(batch: str) -> None:
    assert "tao must be positive" in npair_viz("doctor", batch, "--tao", "0", code=2).stderr


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    assert "no such file.npz" in npair_viz("doctor", "no such file.npz", code=2).stderr


@pytest.mark.parametrize(
    "arguments", [(), ("heal",), ("doctor",), ("doctor", "x", "--json", "--html"), ("page", "twin")]
)
def test_what_it_cant_understand_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert npair_viz(*arguments, code=2).stderr.startswith("usage: npair-viz")


def test_a_scene_becomes_a_page(tmp_path: Path) -> None:
    out = tmp_path / "line-up.html"
    assert "line-up.html" in npair_viz("page", "line-up", str(out), code=0).stdout
    assert "openPage(" in out.read_text(encoding="utf-8")


def test_a_page_that_cant_be_written_is_wrong_usage(tmp_path: Path) -> None:
    for out in (tmp_path / "none" / "x.html", tmp_path):
        said = npair_viz("page", "line-up", str(out), code=2).stderr
        assert said.startswith(f"npair-viz: {out} can't be written, ")
        assert said.endswith(": name a file in a folder that is there\n")


def test_it_says_its_version() -> None:
    assert npair_viz("--version", code=0).stdout == f"npair-viz {version('npair-viz')}\n"


def test_a_scene_that_there_is_not_is_wrong_usage(tmp_path: Path) -> None:
    assert "line-up" in npair_viz("page", "no such scene", str(tmp_path / "out.html"), code=2).stderr


def test_a_process_of_its_own_prints_the_same_and_ends_with_the_same_code(batch: str) -> None:
    for arguments, code in ((("doctor", batch, "--l2-reg", "0.4"), 1), (("heal",), 2)):
        done = subprocess.run([sys.executable, "-m", "npair_viz.cli", *arguments], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (code, npair_viz(*arguments, code=code).stdout), done.stderr
        assert done.stderr.startswith("usage: npair-viz" if code == 2 else "")
        assert "Traceback" not in done.stderr


def test_real_digits_become_a_page_too(tmp_path: Path) -> None:
    out = tmp_path / "pixels.html"
    npair_viz("page", "pixels", str(out), code=0)
    assert "data:image/png;base64," in out.read_text(encoding="utf-8")
