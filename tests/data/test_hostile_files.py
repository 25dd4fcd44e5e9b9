"""Files of strangers: none runs code, hangs, fills the memory or ends the process, and what is wrong is said."""

import json
import subprocess
import sys

import pytest

from tests.support import hostile_files
from tests.support.repository import ROOT

SLOWEST = 20.0  # seconds, on a busy machine


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_file_of_a_stranger_does_harm(tmp_path):
    folder, made = tmp_path / "hostile", tmp_path / "made"
    folder.mkdir()
    hostile_files.write_all(folder, made)
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) >= 180
    script = "import resource, runpy, sys; sys.argv = sys.argv[1:]; " + (
        "resource.setrlimit(resource.RLIMIT_AS, (2**34, 2**34)); runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-W", "ignore", "-c", script, hostile_files.__file__, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, (names[len(told)], ran.returncode, ran.stderr[-500:])
    assert [name for name, _, _ in told] == names
    assert not made.exists()
    assert [(name, seconds) for name, seconds, _ in told if seconds > SLOWEST] == []
    starts = ("Scene", "Pairs", "ValueError: ", "TypeError: ")
    assert [(name, said) for name, _, said in told if not said.startswith(starts)] == []
    silent = [(name, said) for name, _, said in told if "Error: " in said and name not in said]
    assert silent == []
    assert max(len(said) for _, _, said in told) < 600
