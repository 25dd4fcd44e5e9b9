"""The page's side of a run that is watched, under node."""

from npair_viz.explorers.watch.parts import parts_of
from npair_viz.training.recording import Recording
from tests.support.node import run
from tests.support.recordings import pictures_at, row_at


def test_the_page_reads_and_words_what_python_keeps_of_a_run(tmp_path):
    rows = [row_at(10 * k, 1290) for k in range(130)]
    rows[0]["recall"] = 0.5
    rows[5]["loss"], rows[6]["loss"] = float("nan"), float("inf")
    pictures = pictures_at([0, 500, 1290], 1290, rows=16, classes=4)
    recording = Recording("a <b> run", rows, pictures)
    parts, known = parts_of(recording)
    recording.rows.append(row_at(1300, 1300))
    del recording.pictures[1]
    run(
        "recording.test.js",
        {"parts": parts, "places": pictures[0].places.tolist(), "later": parts_of(recording, known)[0]},
        tmp_path,
    )
