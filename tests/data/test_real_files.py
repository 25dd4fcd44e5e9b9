"""Real embeddings of package descriptions, from the folder shared beside a clone; skipped where it is not there."""

import numpy as np
import pytest

from npair_viz import Pairs, Scene, load
from tests.support.repository import ROOT

FOLDER = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the folder shared is not beside the clone")


def test_rows_with_sections_and_texts_are_a_scene():
    scene = load(FOLDER / "package_texts.npz")
    assert isinstance(scene, Scene)
    with np.load(FOLDER / "package_texts.npz") as held:
        assert scene.embeddings.tolist() == held["embeddings"].astype("float32").tolist()
        assert [scene.class_names[label] for label in scene.labels] == held["labels"].tolist()
        assert scene.texts == tuple(held["texts"].tolist())


def test_queries_and_documents_are_pairs():
    pairs = load(FOLDER / "package_pairs.npz")
    assert isinstance(pairs, Pairs)
    with np.load(FOLDER / "package_pairs.npz") as held:
        assert pairs.anchors.tolist() == held["queries"].astype("float32").tolist()
        assert pairs.positives.tolist() == held["documents"].astype("float32").tolist()
        assert pairs.texts == (tuple(held["query_texts"].tolist()), tuple(held["document_texts"].tolist()))
    assert pairs.labels is None


def test_real_rows_come_back_from_every_kind_of_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    with np.load(FOLDER / "package_texts.npz") as held:
        kept = np.flatnonzero(np.isin(held["labels"], np.unique(held["labels"])[:3]))[:200]
        rows, words, texts = (held[name][kept] for name in ("embeddings", "labels", "texts"))
    frame = pandas.DataFrame({"description": texts, "section": words, "vector": rows.astype("float64").tolist()})
    frame.to_csv(tmp_path / "a.csv")
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_feather(tmp_path / "a.feather")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True, double_precision=15)
    frame.to_csv(tmp_path / "a.tsv.gz", index=False, sep="\t")
    for name in ("a.csv", "a.parquet", "a.feather", "a.jsonl", "a.tsv.gz"):
        scene = load(tmp_path / name, labels_in="section")
        np.testing.assert_allclose(scene.embeddings.numpy(), rows.astype("float64"), rtol=1e-12, atol=1e-14)
        assert [scene.class_names[label] for label in scene.labels] == words.tolist()
        assert scene.texts == tuple(texts.tolist())
