"""The recipes of docs/training.md: they run, and do the same as the plain way."""

import re
from contextlib import chdir
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from npair_viz import Monitor, NPairLoss
from tests.support.repository import ROOT


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the page's Python defines, run from top to bottom, and the folder in which it wrote its files."""
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"folder": tmp_path_factory.mktemp("recipes")}
    with chdir(names["folder"]):
        for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            exec(compile(block, "docs/training.md", "exec"), names)
    return names


@pytest.mark.parametrize("classes", [4, 7, 23])
def test_each_class_of_an_epoch_comes_once_and_with_two_rows(recipes: dict[str, Any], classes: int) -> None:
    labels = torch.randint(23, (150,), generator=torch.Generator().manual_seed(classes))
    labels[labels == 5] = 6  # a class that is not there,
    labels[0] = 99  # and one of a single row
    batches = list(recipes["ClassBatches"](labels, classes))
    assert len(batches) == len(recipes["ClassBatches"](labels, classes))
    assert all(len(set(batch)) == len(batch) <= 2 * classes for batch in batches)
    met = torch.cat([labels[batch] for batch in batches])
    keys, counts = labels.unique(return_counts=True)
    assert torch.equal(met.sort().values, keys[counts > 1].repeat_interleave(2))


@pytest.mark.parametrize("classes", [4, 7, 22, 23])
def test_batches_of_an_epoch_differ_by_one_class_at_most(recipes: dict[str, Any], classes: int) -> None:
    sizes = {len(batch) // 2 for batch in recipes["ClassBatches"](torch.arange(69) % 23, classes)}
    assert max(sizes) <= classes
    assert max(sizes) - min(sizes) <= 1


def test_a_sampler_with_a_generator_is_repeatable(recipes: dict[str, Any]) -> None:
    labels = torch.arange(60) % 9
    first, again = (list(recipes["ClassBatches"](labels, 4, torch.Generator().manual_seed(3))) for _ in range(2))
    assert first == again


def step(backward: Any, dropout: float) -> tuple[Tensor, list[Tensor]]:
    """The loss and the encoder's gradients that `backward` gives of one batch, from the same seed."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(6, 9), nn.Dropout(dropout), nn.Tanh(), nn.Linear(9, 4)).double()
    inputs, labels = torch.randn(34, 6, dtype=torch.float64), torch.arange(34) % 11
    generator = torch.Generator().manual_seed(7)
    value = backward(encoder, NPairLoss(l2_reg=0.1, tao=0.3, normalize=False, generator=generator), inputs, labels)
    return value, [one.grad for one in encoder.parameters()]


def plainly(encoder: nn.Module, loss: nn.Module, inputs: Tensor, labels: Tensor) -> Tensor:
    value: Tensor = loss(encoder(inputs), labels)
    value.backward()
    return value.detach()


def by_parts_at_once(encoder: nn.Module, loss: nn.Module, inputs: Tensor, labels: Tensor) -> Tensor:
    """The whole graph in memory, with the same draws of dropout as part by part."""
    value: Tensor = loss(torch.cat([encoder(part) for part in inputs.split(8)]), labels)
    value.backward()
    return value.detach()


@pytest.mark.parametrize(("dropout", "plain"), [(0.0, plainly), (0.5, by_parts_at_once)])
def test_gradients_in_parts_are_those_of_the_whole_batch(recipes: dict[str, Any], dropout: float, plain: Any) -> None:
    def in_parts(encoder: nn.Module, loss: nn.Module, inputs: Tensor, labels: Tensor) -> Any:
        return recipes["backward_in_parts"](encoder, loss, inputs, labels, 8)

    torch.testing.assert_close(step(in_parts, dropout), step(plain, dropout), rtol=1e-12, atol=1e-13)


def test_after_a_step_in_parts_the_random_state_is_where_the_first_pass_left_it(recipes: dict[str, Any]) -> None:
    def drawn(backward: Any) -> Tensor:
        step(backward, 0.5)
        return torch.rand(3)

    parts = drawn(lambda *given: recipes["backward_in_parts"](*given, 8))
    torch.testing.assert_close(parts, drawn(by_parts_at_once))


def test_what_is_watched_is_kept_in_files_and_beside_another_loss(recipes: dict[str, Any]) -> None:
    watched = Monitor.load(recipes["folder"] / "run.json")
    steps = [row["step"] for row in watched.rows]
    assert steps == [*range(0, 10 * len(recipes["loader"]), 10)]
    assert watched.alerts == []
    assert watched.rows[-1]["loss"] < watched.rows[0]["loss"]
    header, *lines = (recipes["folder"] / "run.csv").read_text(encoding="utf-8").splitlines()
    assert header == "step,loss,score,recall"
    assert len(lines) == len(steps)
    beside = recipes["monitor"]
    assert beside.step == len(recipes["loader"])
    assert beside.rows[0]["loss"] == pytest.approx(beside.rows[0]["pair_loss"], rel=1e-5)


def test_a_queue_keeps_the_last_rows_and_their_classes(recipes: dict[str, Any]) -> None:
    queue = recipes["Queue"](rows=5, width=2)
    for first in (0, 3, 6):
        classes = torch.arange(first, first + 3)
        queue.put(classes.unsqueeze(1) * torch.ones(2), classes)
    assert queue.classes.tolist() == [6, 7, 8, 3, 4]
    assert queue.rows[:, 1].tolist() == [6, 7, 8, 3, 4]


def test_the_recipe_s_queue_is_full_of_the_slow_encoder_s_rows_and_learns_nothing(recipes: dict[str, Any]) -> None:
    queue, slow, encoder = recipes["queue"], recipes["slow"], recipes["encoder"]
    assert queue.rows.shape == (len(recipes["inputs"][:120]), 16)
    assert not queue.rows.requires_grad
    ours, theirs = (next(iter(one.parameters())) for one in (slow, encoder))
    assert not torch.equal(ours, theirs)


def test_the_loss_beside_the_recipe_s_queue_is_the_cross_entropy_of_more_columns(recipes: dict[str, Any]) -> None:
    queue, rows, labels = recipes["queue"], torch.randn(8, 16), torch.arange(100, 104).repeat(2)
    found = NPairLoss(l2_reg=0.0, tao=0.2, policy="first")(
        rows, labels, negatives=queue.rows, negative_labels=queue.classes
    )
    anchors, positives, earlier = (nn.functional.normalize(one) for one in (rows[:4], rows[4:], queue.rows))
    logits = anchors @ torch.cat([positives, earlier]).T / 0.2
    torch.testing.assert_close(found, nn.functional.cross_entropy(logits, torch.arange(4)))


def test_the_recipe_of_both_directions_learns_its_temperature(recipes: dict[str, Any]) -> None:
    assert recipes["log_tao"].item() != pytest.approx(torch.tensor(0.07).log().item())
    assert recipes["log_tao"].grad is not None
