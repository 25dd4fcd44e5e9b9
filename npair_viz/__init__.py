"""The N-pair loss (Sohn, 2016) in torch, and JupyterLab explorers that show its geometry.

Every public name stands in __init__.pyi, by the module it lives in: type checkers read it there, and so does this file.
A module is imported when one of its names is first used: a trainer that wants the loss loads torch alone, and a
notebook that explores can say so before torch has started.
"""

import ast
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from npair_viz.optional_imports import needed_for

_MODULES = {"scenes": "npair_viz.data.scenes", "worlds": "npair_viz.training.datasets"}
# Classes of widgets; `explore`, `train_and_watch` and `predict`, which make them, can be imported without the packages.
_WIDGETS = {"EmbeddingExplorer", "Explorer", "Prediction", "Stage", "TrainingLab"}
_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
_IMPORTS = [node for node in _STUB.body if isinstance(node, ast.ImportFrom)]
_HOMES = {one.name: str(node.module) for node in _IMPORTS for one in node.names if one.asname}
_CAN_SHOW = all(find_spec(package) for package in ("anywidget", "ipywidgets", "plotly"))
_MISSING = set() if _CAN_SHOW else _WIDGETS
__all__ = sorted({*_MODULES, *_HOMES} - _MISSING)  # what `import *`, `dir` and `help` may ask for


def __getattr__(name: str) -> object:
    if name == "__version__":
        return version("npair-viz")
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'npair_viz' has no attribute {name!r}")
    with needed_for(name):
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
