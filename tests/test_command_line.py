"""`npair-viz`: what it prints, and the code with which it ends."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npair_viz.diagnosis import examine
from tests.support.command_line import batch_in, npair_viz, table_in


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> str:
    return batch_in(tmp_path_factory.mktemp("data"))


def test_a_healthy_batch_ends_with_zero(batch: str) -> None:
    said = npair_viz("doctor", batch, "--tao", "0.2", code=0).stdout
    assert said.startswith("Retrieval: Recall@1 1.000")
    assert "Examined: 24 rows of 12 numbers" in said


def test_a_setting_that_harms_ends_with_one_and_json_says_which(batch: str) -> None:
    told = json.loads(npair_viz("doctor", batch, "--l2-reg", "0.4", "--json", code=1).stdout)
    assert [found["kind"] for found in told["findings"]] == ["swapped"]


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


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    return table_in(tmp_path_factory.mktemp("data"))


def test_labels_and_embeddings_are_named_on_the_command_line(table: str) -> None:
    said = npair_viz("doctor", table, "--labels-in", "cluster", "--tao", "0.2", code=0)
    assert "Examined: 24 rows of 12 numbers" in said.stdout
    mend = "left out: 'weight'. Other columns are named by --embeddings-in"
    assert said.stderr == f"npair-viz: embeddings are x0 … x11; {mend}\n"
    columns = ",".join(f"x{i}" for i in range(12))
    named = ("--labels-in", "cluster", "--embeddings-in", columns)
    said = npair_viz("doctor", table, *named, "--tao", "0.2", code=0)
    assert "Examined: 24 rows of 12 numbers" in said.stdout
    assert not said.stderr


def test_what_the_message_of_a_table_without_labels_advises_can_be_done_there(table: str) -> None:
    assert "name it by --labels-in, or bring them" in npair_viz("doctor", table, code=1).stderr
    npair_viz("doctor", table, "--labels-in", "cluster", "--embeddings-in", "x0", code=1)


def test_labels_come_from_another_file(tmp_path: Path, batch: str) -> None:
    with np.load(batch) as held:
        np.save(tmp_path / "rows.npy", held["embeddings"])
        np.save(tmp_path / "labels.npy", held["labels"])
    rows, labels = str(tmp_path / "rows.npy"), str(tmp_path / "labels.npy")
    assert npair_viz("doctor", rows, code=1).stderr.endswith("bring them, --labels labels.npy\n")
    assert "12 classes" in npair_viz("doctor", rows, "--labels", labels, "--tao", "0.2", code=0).stdout


@pytest.mark.parametrize("names", [(), ("--anchors-in", "query", "--positives-in", "document")])
def test_the_doctor_is_given_the_two_sides_of_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    asked: dict[str, Any] = {}
    healthy = examine.doctor(np.eye(4).repeat(2, 0) + np.arange(8)[:, None] / 100, np.arange(4).repeat(2), tao=0.2)
    monkeypatch.setattr(examine, "doctor", lambda **given: asked.update(given) or healthy)
    texts = {"query_text": list("abcd"), "document_text": list("efgh")}
    np.savez(tmp_path / "a.npz", query=np.eye(4), document=np.ones((4, 4)), labels=["dog", "cat"] * 2, **texts)
    npair_viz("doctor", str(tmp_path / "a.npz"), *names, code=0)
    assert (asked["anchors"].tolist(), asked["positives"].tolist()) == (np.eye(4).tolist(), np.ones((4, 4)).tolist())
    assert (asked["labels"], asked["texts"]) == (["dog", "cat"] * 2, (tuple("abcd"), tuple("efgh")))


def test_it_writes_utf8_whatever_the_console_is(tmp_path: Path) -> None:
    np.savez(tmp_path / "sick.npz", embeddings=np.eye(4)[:, [0, 0, 1, 1]], labels=["τ", "τ", "日", "日"])
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    for arguments in (("doctor", str(tmp_path / "sick.npz"), "--l2-reg", "0.4"), ("doctor", str(tmp_path / "日.npz"))):
        done = subprocess.run([sys.executable, "-m", "npair_viz.cli", *arguments], capture_output=True, env=environment)
        said = (done.stdout + done.stderr).decode("utf-8")
        assert "Traceback" not in said
        assert "Examined" in said or "日.npz" in said


def test_home_is_found_and_a_directory_is_called_one(
    tmp_path: Path, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(Path(batch).parent))
    npair_viz("doctor", "~/batch.npz", "--tao", "0.2", code=0)
    assert "is a directory: name a file in it" in npair_viz("doctor", str(tmp_path), code=1).stderr


def test_a_damaged_file_ends_with_one_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "sick.npz").write_bytes(b"no archive")
    assert "sick.npz: it can't be read as .npz" in npair_viz("doctor", str(tmp_path / "sick.npz"), code=1).stderr


def test_html_is_a_page(batch: str) -> None:
    assert npair_viz("doctor", batch, "--tao", "0.2", "--html", code=0).stdout.startswith("<!doctype html>")


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
