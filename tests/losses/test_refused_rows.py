"""Rows that are no plain (rows, d) tensors, labels that are no plain (rows,): each mend leads to the right loss."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import Tensor

from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling.pairs import select_pairs
from tests.support.loop_oracles import loop_loss, pairs

N, D = 4, 3
ANCHORS, POSITIVES = pairs(N, D)
ROWS, LABELS = torch.cat([ANCHORS, POSITIVES]), torch.arange(N).repeat(2)
RIGHT = sum(loop_loss(ANCHORS, POSITIVES, 0.5, 0.0, "mc", normalize=True)) / N


def first_pairs(rows: Tensor, labels: Tensor) -> float:
    return NPairLoss(l2_reg=0.0, tao=0.5, policy="first")(rows, labels).item()


def told(call, *args) -> str:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*args)
    return str(caught.value)


# --- tensors that hold their entries in another way

WAYS = {
    "sparse": (lambda rows: rows.to_sparse(), "embeddings.to_dense()"),
    "sparse rows": (lambda rows: rows.to_sparse_csr(), "embeddings.to_dense()"),
    "nested": (lambda rows: torch.nested.nested_tensor(list(rows.split([3, 5]))), "torch.cat(embeddings.unbind())"),
    "jagged": (
        lambda rows: torch.nested.nested_tensor(list(rows.split([3, 5])), layout=torch.jagged),
        "torch.cat(embeddings.unbind())",
    ),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("way", WAYS)
def test_rows_held_in_another_way_are_told_a_mend_that_gives_the_loss(way):
    make, mend = WAYS[way]
    embeddings = make(ROWS)
    assert mend in told(first_pairs, embeddings, LABELS)
    assert first_pairs(eval(mend), LABELS) == pytest.approx(RIGHT, rel=1e-10)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_quantised_rows_are_told_to_be_dequantised():
    embeddings = torch.quantize_per_tensor(ROWS.float(), 0.01, 128, torch.quint8)
    assert "use embeddings.dequantize()" in told(first_pairs, embeddings, LABELS)
    assert first_pairs(embeddings.dequantize(), LABELS) == pytest.approx(RIGHT, abs=1e-1)


@pytest.fixture
def one_rank(tmp_path: Path) -> Iterator[None]:
    dist.init_process_group("gloo", f"file://{tmp_path / 'store'}", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("one_rank")
@pytest.mark.filterwarnings("ignore")
def test_rows_spread_over_ranks_are_told_both_mends():
    from torch.distributed.tensor import Shard, distribute_tensor, init_device_mesh

    embeddings = distribute_tensor(ROWS, init_device_mesh("cpu", (1,)), [Shard(0)])
    message = told(first_pairs, embeddings, LABELS)
    assert "got a DTensor" in message
    assert "use embeddings.to_local() with gather=True, or embeddings.full_tensor()" in message
    assert first_pairs(embeddings.full_tensor(), LABELS) == pytest.approx(RIGHT, rel=1e-10)
    whole = NPairLoss(l2_reg=0.0, tao=0.5, policy="first", gather=True)
    assert whole(embeddings.to_local(), LABELS).item() == pytest.approx(RIGHT, rel=1e-10)


@pytest.mark.parametrize(
    "call",
    [
        lambda: npair_loss(ANCHORS.to_sparse(), POSITIVES),
        lambda: npair_loss(ANCHORS, POSITIVES.to_sparse()),
        lambda: npair_loss(ANCHORS, POSITIVES, labels=LABELS[:N].to_sparse()),
        lambda: npair_loss(ANCHORS, POSITIVES, valid=torch.ones(N, dtype=torch.bool).to_sparse()),
        lambda: npair_loss(ANCHORS, POSITIVES, negatives=POSITIVES.to_sparse()),
        lambda: npair_loss(
            ANCHORS, POSITIVES, labels=LABELS[:N], negatives=POSITIVES, negative_labels=LABELS[:N].to_sparse()
        ),
        lambda: NPairLoss()(ROWS, LABELS, negatives=POSITIVES.to_sparse()),
        lambda: npair_gradients(ANCHORS.to_sparse(), POSITIVES),
        lambda: NPairLoss.n_pair_loss(ANCHORS, POSITIVES, torch.ones(N, 1, D).double().to_sparse(), 1.0),
        lambda: NPairLoss()(ROWS, LABELS.to_sparse()),
        lambda: select_pairs(LABELS.to_sparse()),
        lambda: select_pairs(LABELS, policy="hardest", embeddings=ROWS.to_sparse()),
    ],
)
def test_every_function_refuses_what_is_sparse(call):
    assert "must be a plain tensor, got one of layout torch.sparse_coo" in told(call)


def test_negatives_of_another_dtype_are_refused():
    negatives = torch.ones(N, 1, D)
    assert "use negatives.to(anchors)" in told(NPairLoss.n_pair_loss, ANCHORS, POSITIVES, negatives, 1.0)


def test_a_list_is_no_mask():
    assert "use torch.as_tensor(valid)" in told(lambda: npair_loss(ANCHORS, POSITIVES, valid=[True] * N))


# --- shapes


def test_a_column_of_labels_is_told_to_be_flattened():
    target = LABELS.unsqueeze(1)
    assert "use target.flatten()" in told(first_pairs, ROWS, target)
    assert first_pairs(ROWS, target.flatten()) == pytest.approx(RIGHT, rel=1e-10)


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32])
def test_one_column_a_class_is_told_its_mend(dtype):
    target = torch.nn.functional.one_hot(LABELS).to(dtype)
    assert "use target.argmax(dim=1)" in told(first_pairs, ROWS, target)
    assert first_pairs(ROWS, target.argmax(dim=1)) == pytest.approx(RIGHT, rel=1e-10)


def test_views_of_a_row_are_told_mends_that_together_give_the_loss():
    embeddings, target = torch.stack([ANCHORS, POSITIVES], dim=1), torch.arange(N)
    assert "use embeddings.flatten(0, 1) with the labels' .repeat_interleave(2)" in told(
        first_pairs, embeddings, target
    )
    assert "target.repeat_interleave(2) if" in told(first_pairs, embeddings.flatten(0, 1), target)
    assert first_pairs(embeddings.flatten(0, 1), target.repeat_interleave(2)) == pytest.approx(RIGHT, rel=1e-10)


def test_labels_of_concatenated_views_are_told_to_be_repeated():
    target = torch.arange(N)
    assert "target.repeat(2) if all first views come first" in told(first_pairs, ROWS, target)
    assert first_pairs(ROWS, target.repeat(2)) == pytest.approx(RIGHT, rel=1e-10)


def test_two_towers_are_sent_to_npair_loss():
    assert "use npair_loss(anchors, positives, tao=...)" in told(NPairLoss(), ANCHORS, POSITIVES)
    assert "use npair_loss(anchors, positives, tao=...)" in told(NPairLoss, ANCHORS, POSITIVES)
