"""`npair-viz doctor` and several files, and the names in them: whatever a message advises can be done there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from npair_viz.diagnosis import examine
from tests.support.command_line import batch_in, npair_viz, table_in


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> str:
    return batch_in(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    return table_in(tmp_path_factory.mktemp("data"))


def test_earlier_pairs_show_what_stood_still(pairs: str) -> None:
    assert "nothing has moved" in npair_viz("doctor", pairs, "--tao", "0.2", "--before", pairs, code=1).stdout


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".parquet"])
def test_rows_beside_the_batch_need_no_labels(tmp_path: Path, batch: str, suffix: str) -> None:
    with np.load(batch) as held:
        rows = held["embeddings"]
    path = str(tmp_path / f"rows{suffix}")
    frame = pandas.DataFrame(rows).rename(columns=str)
    if suffix == ".npy":
        np.save(path, rows)
    else:
        frame.to_csv(path, index=False, float_format="%.17g") if suffix == ".csv" else frame.to_parquet(path)
    told = npair_viz("doctor", batch, "--tao", "0.2", "--before", path, "--reference", path, "--json", code=1).stdout
    assert {"standstill", "leak"} <= {found["kind"] for found in json.loads(told)["findings"]}


def test_rows_of_the_training_set_are_a_leak(batch: str) -> None:
    told = json.loads(npair_viz("doctor", batch, "--tao", "0.2", "--reference", batch, "--json", code=1).stdout)
    assert [found["kind"] for found in told["findings"]] == ["leak"]


@pytest.mark.parametrize("option", ["--before", "--reference"])
def test_a_file_beside_the_first_that_has_other_names_is_saved_with_its_names(
    tmp_path: Path, batch: str, option: str
) -> None:
    for name in ("rows", "embeddings"):
        np.savez(tmp_path / "other.npz", **{name: np.eye(24, 12) + 3})
        said = npair_viz("doctor", batch, "--tao", "0.2", option, str(tmp_path / "other.npz"), code=None)
        assert said.stderr.endswith(f"got 'rows': save it with the names of {batch}\n") or name == "embeddings"


@pytest.mark.parametrize("option", ["--before", "--reference"])
def test_a_file_beside_the_first_that_is_damaged_ends_with_one(tmp_path: Path, batch: str, option: str) -> None:
    (tmp_path / "sick.npz").write_bytes(b"no archive")
    assert "sick.npz: it can't be read" in npair_viz("doctor", batch, option, str(tmp_path / "sick.npz"), code=1).stderr
    assert "no such.npz" in npair_viz("doctor", batch, option, "no such.npz", code=2).stderr


def test_a_name_with_a_comma_stands_in_quotes(tmp_path: Path, batch: str) -> None:
    with np.load(batch) as held:
        np.savez(tmp_path / "a.npz", labels=held["labels"], **{"a,b": held["embeddings"]})
    npair_viz("doctor", str(tmp_path / "a.npz"), "--embeddings-in", '"a,b"', "--tao", "0.2", code=0)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "pairs.parquet"
    rows, words = np.eye(12) + 0.1 * np.random.default_rng(0).standard_normal((2, 12, 12)), list("abcdefghijkl")
    columns = {"left": list(rows[0]), "right": list(rows[1]), "asked": words, "found": words[::-1], "kind": range(12)}
    pandas.DataFrame({**columns, "query": columns["left"], "document": columns["right"]}).to_parquet(path)
    return str(path)


@pytest.mark.parametrize(
    ("given", "advice", "followed"),
    [
        (("table", "--labels-in", "sort"), "name what is there by --labels-in", ("--labels-in", "cluster")),
        (("table", "--labels-in", "cluster", "--embeddings-in", "y"), "by --embeddings-in", ("--embeddings-in", "x0")),
        (
            ("table", "--labels-in", "cluster", "--texts-in", "y"),
            "name what is there by --texts-in",
            ("--texts-in", "x0"),
        ),
        (("pairs", "--anchors-in", "up", "--positives-in", "right"), "by --anchors-in", ("--anchors-in", "left")),
        (("pairs", "--texts-in", "asked"), "name both by --texts-in", ("--texts-in", "asked,found")),
        (("pairs", "--texts-in", "asked,up"), "name what is there by --texts-in", ("--texts-in", "asked,found")),
        (("pairs", "--labels-in", "up"), "name what is there by --labels-in", ("--labels-in", "kind")),
        (
            ("broken", "--labels-in", "cluster"),
            "or name the columns of embeddings by --embeddings-in",
            ("--embeddings-in", "x1"),
        ),
    ],
)
def test_what_a_message_advises_can_be_done_there(
    request: pytest.FixtureRequest, given: tuple[str, ...], advice: str, followed: tuple[str, ...]
) -> None:
    arguments = ("doctor", request.getfixturevalue(given[0]), *given[1:])
    assert npair_viz(*arguments, code=1).stderr.endswith(f"{advice}\n")
    said = npair_viz(*arguments, *followed, "--tao", "0.2", code=None).stderr
    assert all("left out: 'weight'" in line for line in said.splitlines())


@pytest.fixture
def broken(tmp_path: Path, table: str) -> str:
    frame = pandas.read_csv(table).astype({"x0": object})
    frame.loc[3, "x0"] = "1,500"
    frame.to_csv(tmp_path / "broken.csv", index=False)
    return str(tmp_path / "broken.csv")


@pytest.mark.parametrize("suffix", [".npz", ".csv"])
def test_labels_that_a_file_does_not_have_are_brought(tmp_path: Path, batch: str, suffix: str) -> None:
    with np.load(batch) as held:
        rows, labels = held["embeddings"], held["labels"]
    np.savez(tmp_path / "rows.npz", embeddings=rows)
    pandas.DataFrame(rows).add_prefix("x").to_csv(tmp_path / "rows.csv", index=False)
    np.save(tmp_path / "labels.npy", labels)
    path, other = str(tmp_path / f"rows{suffix}"), str(tmp_path / "labels.npy")
    assert npair_viz("doctor", path, code=1).stderr.endswith("by --labels-in, or bring them, --labels labels.npy\n")
    npair_viz("doctor", path, "--labels", other, "--tao", "0.2", code=0)


def test_one_side_of_pairs_is_wrong_usage_and_the_mend_works(pairs: str) -> None:
    said = npair_viz("doctor", pairs, "--anchors-in", "left", code=2).stderr
    assert said.endswith("name --anchors-in and --positives-in\n")
    npair_viz("doctor", pairs, "--anchors-in", "left", "--positives-in", "right", "--tao", "0.2", code=0)


def test_the_texts_are_named_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs: str) -> None:
    asked: dict[str, Any] = {}
    healthy = examine.doctor(np.eye(4).repeat(2, 0) + np.arange(8)[:, None] / 100, np.arange(4).repeat(2), tao=0.2)
    monkeypatch.setattr(examine, "doctor", lambda **given: asked.update(given) or healthy)
    rows = {"embeddings": np.eye(4), "labels": [0, 0, 1, 1], "title": ["long"] * 4, "note": list("abcd")}
    np.savez(tmp_path / "a.npz", **rows)
    npair_viz("doctor", str(tmp_path / "a.npz"), "--texts-in", "note", code=0)
    assert asked["texts"] == tuple("abcd")
    npair_viz("doctor", pairs, "--texts-in", "asked,found", code=0)
    assert asked["texts"] == (tuple("abcdefghijkl"), tuple("lkjihgfedcba"))


@pytest.mark.parametrize(("given", "code"), [("batch", 0), ("table", 1)])
def test_a_reader_that_has_enough_ends_it_without_a_word_and_with_its_code(
    request: pytest.FixtureRequest, given: str, code: int
) -> None:
    named = ("--labels-in", "cluster", "--embeddings-in", "weight", "--html")
    command = [sys.executable, "-m", "npair_viz.cli", "doctor", request.getfixturevalue(given)]
    command += ["--html", "--tao", "0.2"] if code == 0 else named
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as doctor:
        assert doctor.stdout is not None
        assert doctor.stderr is not None
        doctor.stdout.close()
        assert doctor.stderr.read() == b""
        assert doctor.wait() == code
