"""Files of arrays that are refused: no code in a file is ever run, and what is wrong is said in words."""

import pickle
import zipfile

import numpy as np
import pytest
import torch

from npair_viz import load
from tests.support.array_savers import SAVERS, save_npz
from tests.support.four_rows import LABELS, ROWS
from tests.support.hostile_files import Trap


def traps(path, made):
    """Files that create the file `made` when they are unpickled."""
    trap = Trap(made)
    with open(path / "plain.pt", "wb") as file:
        pickle.dump(trap, file)
    torch.save({"embeddings": torch.tensor(ROWS), "labels": trap}, path / "zip.pt")
    torch.save(trap, path / "old.pth", _use_new_zipfile_serialization=False)
    np.save(path / "object.npy", np.array([trap, trap], dtype=object), allow_pickle=True)
    np.savez(path / "object.npz", embeddings=np.array(ROWS), labels=np.array([trap] * 4, dtype=object))
    for suffix in (".npy", ".npz", ".safetensors"):
        (path / f"renamed{suffix}").write_bytes((path / "plain.pt").read_bytes())
    return [file for file in path.iterdir() if file != made]


def test_code_in_a_file_is_never_run(tmp_path):
    made = tmp_path / "made"
    files = traps(tmp_path, made)
    assert len(files) == 8
    for file in files:
        says = "holds objects of Python" if "object" in file.name else f"it can't be read as {file.suffix}"
        with pytest.raises(ValueError, match=rf"^{file.name}: .*{says}") as error:
            load(file, None if file.name == "object.npz" else LABELS)
        assert "weights_only" not in str(error.value)
    assert not made.exists()
    pickle.loads((tmp_path / "plain.pt").read_bytes()).close()
    assert made.exists()  # the traps do run when they are unpickled


SPARSE = {"check_invariants": False, "is_coalesced": True}
NOT_DENSE = {
    "sparse": lambda: torch.eye(4).to_sparse(),
    "sparse, out of range": lambda: torch.sparse_coo_tensor([[1, 10**9], [1, 0]], [1.0, 1.0], (4, 2), **SPARSE),
    "csr": lambda: torch.eye(4).to_sparse_csr(),
    "csc": lambda: torch.eye(4).to_sparse_csc(),
    "nested": lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
}


@pytest.mark.parametrize("kind", NOT_DENSE)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_only_dense_tensors_are_taken_out_of_a_file(tmp_path, kind):
    torch.save({"embeddings": NOT_DENSE[kind](), "labels": torch.tensor(LABELS)}, tmp_path / "a.pt")
    with pytest.raises(ValueError, match=r"^a.pt: embeddings must be a dense tensor, got a \w+ one: save embeddings"):
        load(tmp_path / "a.pt")


@pytest.mark.parametrize("shape", [(10**9, 128), (10**6, 2)])
def test_a_tensor_that_repeats_one_number_is_refused_at_once(tmp_path, shape):
    torch.save({"embeddings": torch.ones(1, 1).expand(shape), "labels": torch.tensor(LABELS)}, tmp_path / "a.pt")
    with pytest.raises(ValueError, match=r"^a.pt: embeddings must hold each of its numbers, got shape .* in a file of"):
        load(tmp_path / "a.pt")


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path):
    torch.save({"embeddings": torch.tensor(ROWS), "labels": torch.tensor(LABELS)}, tmp_path / "a.pt")
    with zipfile.ZipFile(tmp_path / "a.pt") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (pickled,) = [name for name in parts if name.endswith("data.pkl")]
    # the two numbers K4 K2 of the shape become a billion rows
    parts[pickled] = parts[pickled].replace(b"K\x04K\x02\x86", b"J\x00\xca\x9a;K\x02\x86", 1)
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(ValueError, match=r"^a.pt: embeddings must hold each .* got shape \(1000000000, 2\) in a file"):
        load(tmp_path / "a.pt")


def test_the_mend_of_a_tensor_that_is_not_dense_mends_it(tmp_path):
    for kind in ("sparse", "csr"):
        torch.save({"embeddings": NOT_DENSE[kind]().to_dense(), "labels": torch.tensor(LABELS)}, tmp_path / "a.pt")
        assert load(tmp_path / "a.pt").embeddings.equal(torch.eye(4))
    whole = torch.ones(1, 1).expand(4, 2).clone(memory_format=torch.contiguous_format)
    torch.save({"embeddings": whole, "labels": torch.tensor(LABELS)}, tmp_path / "a.pt")
    assert load(tmp_path / "a.pt").embeddings.tolist() == [[1.0, 1.0]] * 4


def test_a_packed_pt_file_is_refused(tmp_path):
    torch.save({"embeddings": torch.zeros(10**6, 2), "labels": torch.tensor(LABELS)}, tmp_path / "plain.pt")
    with zipfile.ZipFile(tmp_path / "plain.pt") as plain, zipfile.ZipFile(tmp_path / "a.pt", "w", 8) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(ValueError, match=r"^a.pt: it is packed"):
        load(tmp_path / "a.pt")


@pytest.mark.parametrize("suffix", [".npy", *SAVERS])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(tmp_path, suffix, part):
    path = tmp_path / f"cut{suffix}"
    rows = np.arange(600.0).reshape(200, 3)
    if suffix == ".npy":
        np.save(path, rows)
    else:
        SAVERS[suffix](path, embeddings=rows, labels=np.arange(200) // 2)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(ValueError, match=rf"cut{suffix}: it can't be read as {suffix}, .*: is it whole"):
        load(path, np.arange(200) // 2)


@pytest.mark.parametrize("named", [".npy", *SAVERS])
def test_a_file_with_the_wrong_suffix_is_refused(tmp_path, named):
    np.save(tmp_path / "a.npy", np.array(ROWS))
    for suffix, save in SAVERS.items():
        save(tmp_path / f"a{suffix}", embeddings=ROWS, labels=LABELS)
    for file in list(tmp_path.glob("a.*")):
        if file.suffix[:3] != named[:3]:  # .pt and .pth are one format
            wrong = tmp_path / f"wrong{named}"
            wrong.write_bytes(file.read_bytes())
            with pytest.raises(ValueError, match=rf"^wrong{named}: "):
                load(wrong)


def test_a_header_with_an_impossible_size_is_refused(tmp_path):
    claim = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000, 128), }"
    for text in (claim, claim + " " * 60_000):
        header = text.encode() + b"\n"
        (tmp_path / "huge.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        with pytest.raises(ValueError, match=r"huge.npy: it can't be read as .npy, "):
            load(tmp_path / "huge.npy", LABELS)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"embeddings": ROWS, "labels": LABELS[:3]}, "labels must have one entry a row of embeddings, 4 in all, got 3"),
        ({"embeddings": [ROWS], "labels": LABELS}, r"embeddings must have shape \(rows, d\)"),
        ({"embeddings": [[1.0], [np.nan], [2.0], [3.0]], "labels": LABELS}, "NaN or infinity in row 1"),
        ({"embeddings": ROWS, "labels": [1, 2, 3, 4]}, "each of the 4 rows has a class of its own"),
        ({"embeddings": ROWS, "labels": ["a", "a", "", "b"]}, "got '' in row 2"),
        ({"embeddings": ROWS, "labels": ["a", "a", "b" * 10**6, "b"]}, r"got 'b{29}\.\.\. \(1000002 char.* in row 2"),
        ({"labels": LABELS}, "the embeddings must be in one of"),
        ({}, "got nothing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path, entries, says):
    save_npz(tmp_path / "mine.npz", **entries)
    with pytest.raises(ValueError, match=rf"^mine.npz: .*{says}"):
        load(tmp_path / "mine.npz")


def test_a_missing_file_and_an_unknown_suffix_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none.npz: the working directory is /"):
        load(tmp_path / "none.npz")
    with pytest.raises(ValueError, match=r"rows.xls: a file's name must end in one of .npz, .*, got '.xls'"):
        load(tmp_path / "rows.xls")
    np.save(tmp_path / "rows.npy", np.array(ROWS))
    with pytest.raises(FileNotFoundError, match=r"there is no file .*labels.npy"):
        load(tmp_path / "rows.npy", tmp_path / "labels.npy")


@pytest.mark.parametrize("name", ["a.pkl", "a.pickle", "a.joblib"])
def test_a_pickle_is_refused_with_its_reason_and_with_what_to_do(tmp_path, name):
    with pytest.raises(ValueError, match=rf"^{name}: a pickle runs code when it is opened, .*numpy.savez\('emb"):
        load(tmp_path / name)


@pytest.mark.parametrize("name", ["a.h5", "a.hdf5", "a.h5ad"])
def test_hdf5_is_refused_with_what_to_do(tmp_path, name):
    with pytest.raises(ValueError, match=rf"^{name}: HDF5 is not read: open it with h5py or anndata and numpy.savez"):
        load(tmp_path / name)


def test_a_directory_is_called_one_and_home_is_found(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"is a directory: name a file in it"):
        load(tmp_path)
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load("~/a.npz").labels.tolist() == LABELS
