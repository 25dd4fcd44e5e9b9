"""docs/coming_from.md is true: each other loss and ours have the value on the same rows that its table says.

Run `make packages` for the packages that are too heavy for `make test`, which runs what is installed.
"""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import NPairLoss, PairSelection, npair_loss
from tests.support.repository import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")  # other packages' own

N, D = 7, 5
GENERATOR = torch.Generator().manual_seed(3)
A, P, MORE = (torch.randn(count, D, generator=GENERATOR, dtype=torch.float64) for count in (N, N, 4))
UNIT = [normalize(rows, dim=1) for rows in (A, P, MORE)]
IDS, EQUAL = torch.arange(N), torch.tensor([0, 0, 1, 2, 2, 2, 3])
ROWS, LABELS = torch.cat([A, P]), IDS.repeat(2)
Values = tuple[float | Tensor, Tensor]


def of_tensorflow(labels: Tensor) -> float:
    losses = pytest.importorskip("tensorflow_addons.losses")
    return float(losses.npairs_loss(labels.numpy(), (A @ P.T).numpy()))


def of_paddle(labels: Tensor) -> float:
    paddle = pytest.importorskip("paddle")
    rows = [paddle.to_tensor(given.float().numpy()) for given in (A, P, labels)]
    return float(paddle.nn.functional.npair_loss(*rows, l2_reg=0.02))


def metric_learning(name: str) -> Any:
    return getattr(pytest.importorskip("pytorch_metric_learning.losses"), name)


def of_sentences(name: str, *columns: Tensor) -> float:
    """A loss of sentence-transformers, of rows that a model has made."""
    losses = pytest.importorskip("sentence_transformers.sentence_transformer.losses")
    loss = getattr(losses, name)(model=torch.nn.Identity(), scale=20.0)
    return float(loss.compute_loss_from_embeddings(list(columns), None))


def of_lightly() -> float:
    losses = pytest.importorskip("lightly.loss", exc_type=ImportError)
    return float(losses.NTXentLoss(temperature=0.5)(A, P))


def nt_xent(tao: float) -> Tensor:
    """Each row of both views against all others: its partner against the other view's rows and its own view's."""
    one, other = UNIT[:2]
    values = [
        npair_loss(left, right, tao=tao, labels=IDS, negatives=left, negative_labels=IDS)
        for left, right in ((one, other), (other, one))
    ]
    return torch.stack(values).mean()


def softly(labels: Tensor) -> Tensor:
    """Cross-entropy of A Pᵀ against all positives of a row's label, each with the same weight."""
    same = (labels[:, None] == labels).double()
    return -(same / same.sum(dim=1, keepdim=True) * (A @ P.T).log_softmax(dim=1)).sum(dim=1).mean()


def the_class_replaced() -> Tensor:
    """The loss of Sohn's section 3 as that class computes it: all negatives of each pair, gathered."""
    logits = A @ P.T
    margins = logits - logits.diagonal()[:, None]
    others = ~torch.eye(N, dtype=torch.bool)
    sums = torch.stack([row[keep].exp().sum() for row, keep in zip(margins, others, strict=True)])
    return (1 + sums).log().mean() + 0.02 * (A.square().sum() + P.square().sum()) / N


PAIRS = PairSelection.of(IDS, IDS + N, LABELS)
ALIKE: dict[str, Callable[[], Values]] = {
    "tfa.losses.npairs_loss(labels, A @ P.T)": lambda: (of_tensorflow(IDS), npair_loss(A, P)),
    "paddle.nn.functional.npair_loss(A, P, labels, l2_reg=0.02)": lambda: (
        of_paddle(IDS),
        npair_loss(A, P, l2_reg=0.02 / 4),
    ),
    "pytorch_metric_learning NPairsLoss()(rows, labels, indices)": lambda: (
        metric_learning("NPairsLoss")()(ROWS, LABELS, (IDS, IDS + N, IDS, (IDS + 1) % N)),
        NPairLoss(l2_reg=0.0, tao=1.0)(ROWS, LABELS, PAIRS),
    ),
    "pytorch_metric_learning NTXentLoss(temperature=0.5)(rows, labels)": lambda: (
        metric_learning("NTXentLoss")(temperature=0.5)(ROWS, LABELS),
        nt_xent(0.5),
    ),
    "sentence_transformers MultipleNegativesRankingLoss(model, scale=20.0)": lambda: (
        of_sentences("MultipleNegativesRankingLoss", A, P),
        npair_loss(*UNIT[:2], tao=1 / 20),
    ),
    "the same with a third column of hard negatives": lambda: (
        of_sentences("MultipleNegativesRankingLoss", A, P, hard_negatives()),
        npair_loss(*UNIT[:2], tao=1 / 20, negatives=normalize(hard_negatives(), dim=1)),
    ),
    "sentence_transformers MultipleNegativesSymmetricRankingLoss(model, scale=20.0)": lambda: (
        of_sentences("MultipleNegativesSymmetricRankingLoss", A, P),
        npair_loss(*UNIT[:2], tao=1 / 20, symmetric=True),
    ),
    "lightly NTXentLoss(temperature=0.5)(A, P)": lambda: (of_lightly(), nt_xent(0.5)),
    "the class that this one replaces, NPairLoss(l2_reg=0.02, tao=1.0)": lambda: (
        the_class_replaced(),
        NPairLoss(l2_reg=0.02, tao=1.0, normalize=False)(ROWS, LABELS, PAIRS),
    ),
}


def hard_negatives() -> Tensor:
    return P.flip(0) + 0.1 * A


@pytest.mark.parametrize("name", ALIKE)
def test_the_value_is_that_of_the_other_package(name: str) -> None:
    theirs, ours = ALIKE[name]()
    assert float(ours) == pytest.approx(float(theirs), rel=1e-6 if "paddle" in name else 1e-10)  # paddle has float32


def test_the_page_has_a_row_for_each_of_them_and_no_other() -> None:
    assert list(rows_of_the_page()) == list(ALIKE)


def rows_of_the_page() -> Iterator[str]:
    text = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
    table = text.partition("\n| there | here |")[2].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield re.sub(r"`", "", line.split(" | ")[0].removeprefix("| "))


@pytest.mark.parametrize("other", [of_tensorflow, of_paddle])
def test_equal_labels_are_more_positives_there_and_silenced_here(other: Callable[[Tensor], float]) -> None:
    penalty = 0.02 / 4 * (A.square().sum() + P.square().sum()) / N if other is of_paddle else 0.0
    theirs = other(EQUAL) - penalty
    assert theirs == pytest.approx(float(softly(EQUAL)), rel=1e-6)
    assert theirs > float(npair_loss(A, P, labels=EQUAL))


def test_the_page_says_both_values_of_equal_labels() -> None:
    text = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
    values = SimpleNamespace(there=softly(EQUAL), here=npair_loss(A, P, labels=EQUAL))
    assert f"{values.there:.4f} there, {values.here:.4f} here" in text


def test_the_page_s_example_runs() -> None:
    text = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/coming_from.md", "exec"), names)
    assert float(names["nt_xent"](*UNIT[:2], 0.5)) == pytest.approx(float(nt_xent(0.5)), rel=1e-12)
