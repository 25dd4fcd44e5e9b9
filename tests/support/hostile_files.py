"""Damaged, misnamed and malicious files of every format, and a process of its own that opens each."""

import gzip
import json
import pickle
import random
import struct
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas
import torch
from safetensors.torch import save_file

ROWS = np.arange(600.0).reshape(200, 3) / 7
LABELS = np.arange(200) // 2


class Trap:
    """Unpickling it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def sound_files(folder: Path) -> list[Path]:
    """One whole file of each format."""
    frame = pandas.DataFrame(ROWS, columns=["x0", "x1", "x2"]).assign(label=LABELS, note="a text")
    lists = pandas.DataFrame({"emb": ROWS.tolist(), "tokens": [[1]] * 200, "label": LABELS})
    np.savez(folder / "a.npz", embeddings=ROWS, labels=LABELS)
    np.savez_compressed(folder / "packed.npz", queries=ROWS, documents=ROWS, query_texts=["q"] * 200)
    np.save(folder / "a.npy", ROWS)
    torch.save({"embeddings": torch.tensor(ROWS), "labels": torch.tensor(LABELS)}, folder / "a.pt")
    torch.save((torch.tensor(ROWS), LABELS.tolist()), folder / "a.pth", _use_new_zipfile_serialization=False)
    save_file({"embeddings": torch.tensor(ROWS), "labels": torch.tensor(LABELS)}, folder / "a.safetensors")
    frame.to_parquet(folder / "a.parquet")
    lists.to_parquet(folder / "lists.parquet")
    lists.to_feather(folder / "a.feather")
    lists.to_feather(folder / "a.arrow", compression="uncompressed")
    lists.to_json(folder / "a.jsonl", orient="records", lines=True)
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_csv(folder / "a.csv.gz", index=False)
    frame.to_csv(folder / "a.tsv", index=False, sep="\t")
    np.savetxt(folder / "a.txt", ROWS)
    np.savetxt(folder / "a.vec", ROWS)
    return sorted(folder.iterdir())


def damaged(whole: bytes, rng: random.Random) -> list[bytes]:
    """Cut, with bytes changed at random, with a stretch of zeros or ones, with more behind it."""
    cut = [whole[: int(part * len(whole))] for part in (0.0, 0.2, 0.9)]
    flipped = []
    for count in (1, 4, 32):
        part = bytearray(whole)
        for _ in range(count):
            part[rng.randrange(len(part))] = rng.randrange(256)
        flipped.append(bytes(part))
    start = rng.randrange(len(whole) // 2)
    stretches = [whole[:start] + filled * 64 + whole[start + 64 :] for filled in (b"\0", b"\xff")]
    return [*cut, *flipped, *stretches, whole + whole[:100]]


def malicious(folder: Path, made: Path) -> None:
    """Files that were written to run code, to be followed outside their memory, or to fill it."""
    trap = Trap(made)
    (folder / "plain.pt").write_bytes(pickle.dumps(trap))
    torch.save({"embeddings": torch.tensor(ROWS), "labels": trap}, folder / "zip.pt")
    torch.save(trap, folder / "old.pth", _use_new_zipfile_serialization=False)
    np.save(folder / "object.npy", np.array([trap], dtype=object), allow_pickle=True)
    np.savez(folder / "object.npz", embeddings=ROWS, labels=np.array([trap] * 200, dtype=object))
    for suffix in (".npz", ".npy", ".safetensors", ".parquet", ".feather", ".csv", ".pkl"):
        (folder / f"pickle{suffix}").write_bytes(pickle.dumps(trap))
    where = torch.tensor([[1, 10**12], [1, 0]])
    sparse = torch.sparse_coo_tensor(where, torch.ones(2), (4, 2), check_invariants=False, is_coalesced=True)
    rows, columns = torch.tensor([0, 1, 10**9]), torch.tensor([10**9, -5])
    csr = torch.sparse_csr_tensor(rows, columns, torch.ones(2), (2, 3), check_invariants=False)
    for name, tensor in {
        "sparse": sparse,
        "csr": csr,
        "one number": torch.ones(1, 1).expand(10**12, 128),
        "one row": torch.ones(1, 128).expand(10**9, 128),
        "nested": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
    }.items():
        torch.save({"embeddings": tensor, "labels": torch.tensor([0, 0])}, folder / f"{name}.pt")
        torch.save({"embeddings": torch.ones(2, 2), "labels": tensor}, folder / f"labels {name}.pt")
        torch.save({"embeddings": torch.ones(2, 2), "labels": [0, 0], "more": tensor}, folder / f"more {name}.pt")
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 128), }\n"
    (folder / "huge.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    with zipfile.ZipFile(folder / "huge.npz", "w") as archive:
        archive.write(folder / "huge.npy", "embeddings.npy")
        archive.write(folder / "huge.npy", "labels.npy")
    claim = json.dumps({"embeddings": {"dtype": "F32", "shape": [10**12, 10**6], "data_offsets": [0, 4]}}).encode()
    (folder / "huge.safetensors").write_bytes(struct.pack("<Q", len(claim)) + claim + b"\0" * 4)
    (folder / "spaces.csv").write_text("x0,x1,label\n" + f"1{' ' * 200_000}x,2,3\n" * 4)
    (folder / "brackets.csv").write_text("emb,label\n" + f'"{"[" * 100_000}",3\n' * 4)
    (folder / "deep.jsonl").write_text("[" * 100_000)
    (folder / "wide.txt").write_text("1 " * 200_000 + "\n" + "2 " * 200_000)
    (folder / "zeros.csv").write_bytes(b"\0" * 10**6)
    (folder / "packed.csv.gz").write_bytes(gzip.compress(b"," * 10**6))
    (folder / "nothing.csv.gz").write_bytes(b"")


def write_all(folder: Path, made: Path) -> None:
    """Hostile files in a folder; `made` is what a trap would create."""
    rng = random.Random(0)
    sound = folder.parent / "sound"
    sound.mkdir()
    files = sound_files(sound)
    for file in files:
        suffix = "".join(file.suffixes)
        for number, content in enumerate(damaged(file.read_bytes(), rng)):
            (folder / f"{file.name.removesuffix(suffix)} {number}{suffix}").write_bytes(content)
        other = rng.choice([one for one in files if one.suffix != file.suffix])
        (folder / f"misnamed {other.suffixes[0][1:]}{suffix}").write_bytes(other.read_bytes())
    malicious(folder, made)


def main(folder: Path) -> None:
    """Open each file as a person would; a line each: its name, the seconds, and what came of it."""
    from npair_viz import load

    for file in sorted(folder.iterdir()):
        started = time.perf_counter()
        try:
            said = type(load(file)).__name__
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        print(json.dumps([file.name, time.perf_counter() - started, said]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
