"""What follows from the objective, against autograd and each other; and a third objective must be decided on."""

import ast
import inspect
import math
import subprocess
import sys
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import npair_viz
from npair_viz import scenes, worlds
from npair_viz.losses.objectives import (
    OBJECTIVES,
    chance,
    effective,
    losses,
    losses_and_log_weights,
    mass_at_chance,
    negative_logits,
    own_shares,
    threshold,
)
from tests.support.repository import ROOT

HOME = "npair_viz/losses/objectives.py"
WITHOUT_TORCH = """
[mypy]
explicit_package_bases = true
ignore_missing_imports = true
[mypy-torch.*,numpy.*,traitlets.*,IPython.*,triton.*]
follow_imports = skip
"""

x_of_negatives = st.lists(st.floats(-60, 60), min_size=1, max_size=7).map(
    lambda x: torch.tensor(x, dtype=torch.float64)
)


@given(x=x_of_negatives, objective=st.sampled_from(OBJECTIVES))
def test_a_weight_is_the_slope_of_the_loss(x, objective):
    slope = torch.autograd.functional.jacobian(lambda x: losses(x, objective), x)
    found, log_weights = losses_and_log_weights(x, objective)
    weights = log_weights.exp()
    torch.testing.assert_close(weights, slope, rtol=1e-11, atol=0)
    torch.testing.assert_close(found, losses(x, objective), rtol=0, atol=0)
    own = 1 - weights.sum()
    torch.testing.assert_close(own_shares(found, weights, objective), own, rtol=0, atol=1e-13)


@given(x=x_of_negatives, objective=st.sampled_from(OBJECTIVES))
def test_a_share_of_the_push_is_a_weight_over_all_weights(x, objective):
    _, log_weights = losses_and_log_weights(x, objective)
    shares, weights = log_weights.softmax(dim=0), log_weights.exp()
    torch.testing.assert_close(shares, weights / weights.sum(), rtol=1e-11, atol=0)
    assert 1 - 1e-12 <= effective(shares) <= len(x) * (1 + 1e-12)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_losses_down_to_the_smallest_keep_their_digits(objective):
    for dtype, lowest in ((torch.float64, -700.0), (torch.float32, -80.0)):
        x = torch.tensor([lowest, lowest + 1, lowest - 3], dtype=dtype)
        wanted = math.exp(lowest) * (1 + math.e + math.exp(-3))
        assert losses(x, objective).item() == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("n", [1, 2, 5, 64])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_chance_mass_and_threshold_are_those_of_equal_similarities(objective, n):
    found, log_weights = losses_and_log_weights(torch.zeros(n - 1, dtype=torch.float64), objective)
    weights = log_weights.exp()
    assert chance(n, objective) == pytest.approx(found.item())
    assert mass_at_chance(n, objective) == pytest.approx(weights.sum().item())
    assert n == 1 or threshold(n, objective) == pytest.approx(n * weights[0].item())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_an_anchor_without_negatives_has_no_loss_no_push_and_its_whole_share(objective):
    nobody = negative_logits(torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.bool))
    for logits in (nobody, torch.empty(2, 0)):
        found, log_weights = losses_and_log_weights(logits, objective)
        assert found.tolist() == [0, 0]
        assert not log_weights.exp().any()
        assert own_shares(found, log_weights.exp(), objective).tolist() == [1, 1]
    assert effective(torch.zeros(2, 3)).tolist() == [0, 0]


def test_mypy_names_every_function_that_must_decide_on_a_third_objective_and_they_stand_in_few_modules(tmp_path):
    shadow, settings = tmp_path / "objectives.py", tmp_path / "mypy.ini"
    source = (ROOT / HOME).read_text(encoding="utf-8")
    shadow.write_text(source.replace('Literal["mc", "ovo"]', 'Literal["mc", "ovo", "third"]'), encoding="utf-8")
    settings.write_text(WITHOUT_TORCH, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings), "--cache-dir", str(tmp_path / "cache")]
    command += ["--shadow-file", HOME, str(shadow), "npair_viz"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    undecided = [line.split(":")[0] for line in said.splitlines() if '"assert_never" has incompatible type' in line]
    kernels = [f"npair_viz/losses/kernels/{name}.py" for name in ("dense", "streaming", "triton_fused")]
    assert set(undecided) == {HOME, "npair_viz/theory/closed_forms.py", *kernels}
    assert Counter(undecided) == Counter(path for path in python_files() for _ in deciding_parts(path))


def python_files() -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in (ROOT / "npair_viz").rglob("*.py")]


def deciding_parts(path: str) -> list[ast.AST]:
    """The functions of a module, and its statements outside of them, that ask for the name of an objective."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    outside = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [part for part in (*functions, *outside) if any(map(asks, ast.walk(part)))]


def asks(node: ast.AST) -> bool:
    """Whether a comparison, a case or a dictionary's keys name an objective."""
    keys = node.keys if isinstance(node, ast.Dict) else [node] * isinstance(node, ast.Compare | ast.MatchValue)
    parts = [part for key in keys if key is not None for part in ast.walk(key)]
    values = [part.value if isinstance(part, ast.Constant) else getattr(part, "id", None) for part in parts]
    return any(value in (*OBJECTIVES, "MC") for value in values)


# Every public function that takes an objective, called with one that there is not.
ROWS, LABELS = torch.eye(6), torch.tensor([0, 0, 1, 1, 2, 2])
CALLS = {
    "NPairLoss": lambda **other: npair_viz.NPairLoss(**other),
    "npair_loss": lambda **other: npair_viz.npair_loss(ROWS, ROWS, **other),
    "npair_gradients": lambda **other: npair_viz.npair_gradients(ROWS, ROWS, **other),
    "loss_ruler": lambda **other: npair_viz.loss_ruler(4, 0.5, **other),
    "phase": lambda **other: npair_viz.phase(4, 0.5, 0.1, **other),
    "optimal_pairs": lambda **other: npair_viz.optimal_pairs(4, 2, 0.5, **other),
    "effective_negatives": lambda **other: npair_viz.effective_negatives(ROWS, 0.5, **other),
    "descend": lambda **other: npair_viz.descend(ROWS, ROWS, steps=1, **other),
    "doctor": lambda **other: npair_viz.doctor(ROWS, LABELS, **other),
    "read": lambda **other: npair_viz.read(scenes.named("line-up"), **other),
    "explore": lambda **other: npair_viz.explore("line-up", **other),
    "explore, a cloud": lambda **other: npair_viz.explore(ROWS.repeat(30, 1), LABELS.repeat(30), **other),
    "Stage": lambda **other: npair_viz.Stage("line-up", **other),
    "train": lambda **other: npair_viz.train(worlds.blends(n_classes=4), **other),
    "train_and_watch": lambda **other: npair_viz.train_and_watch("blends", **other),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_objective_that_there_is_not_is_refused_with_the_list(name):
    with pytest.raises(ValueError, match=r"objective must be one of 'mc', 'ovo', got 'third'"):
        CALLS[name](objective="third")


def test_an_objective_set_later_is_refused_too():
    loss = npair_viz.NPairLoss()
    loss.objective = "third"
    with pytest.raises(ValueError, match=r"objective must be one of 'mc', 'ovo', got 'third'"):
        loss(ROWS, LABELS)


def test_these_are_all_public_functions_with_an_objective():
    public = {name: getattr(npair_viz, name) for name in npair_viz.__all__}
    functions = {name for name, one in public.items() if inspect.isroutine(one)}
    asked = {name for name in functions if "objective" in inspect.signature(public[name]).parameters}
    assert asked <= set(CALLS)
