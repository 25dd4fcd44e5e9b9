"""Two and three processes against one: the loss of the whole batch and its gradients."""

from dataclasses import replace

import pytest
import torch
import torch.distributed as dist
from torch.utils.flop_counter import FlopCounterMode

from npair_viz.explorers.watch.watch import watch
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling.pairs import PairSelection, select_pairs
from tests.support import rank_processes as ranks
from tests.support.loop_oracles import loop_loss
from tests.support.rank_processes import (
    BY_DATA,
    CASES,
    RANGES,
    TAO,
    UNEQUAL,
    WIDE,
    Case,
    Learner,
    Model,
    Outcome,
)


@pytest.fixture(scope="module", params=[2, 3])
def world(request, tmp_path_factory):
    """What each of the ranks saw, by the name of the case."""
    return ranks.all_ranks(request.param, tmp_path_factory.mktemp("ranks"))


def whole(case: Case, world: list) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows and labels of all ranks, in one process."""
    rows, labels = zip(*((case.rows(rank), case.target(rank)) for rank in range(len(world))), strict=True)
    return torch.cat(rows), torch.cat(labels)


def alone(case: Case, world: list, pairs: PairSelection | None = None) -> tuple[torch.Tensor, ...]:
    """Loss and gradients of the same batch in one process."""
    rows, labels = whole(case, world)
    tao, extra, theirs = case.tao(), whole_queue(case, world), None
    if case.queue is not None and case.queue_has_labels:
        theirs = torch.cat([case.extra_labels(rank) for rank in range(len(world))])
    with case.precision():
        loss = NPairLoss(tao=tao, **case.settings)(
            rows.requires_grad_(), labels, pairs, negatives=extra, negative_labels=theirs
        )
    loss.backward()
    return loss.detach(), rows.grad, tao.grad, None if extra is None else extra.grad


def whole_queue(case: Case, world: list) -> torch.Tensor | None:
    """Extra negatives of all ranks, in one process."""
    if case.queue is None:
        return None
    return torch.cat([case.extra(rank) for rank in range(len(world))]).detach().requires_grad_(case.learns_queue)


def seen_by_ranks(world: list, name: str) -> list[Outcome]:
    return [outcomes[name] for outcomes in world]


def assert_equals_one_process(world: list, name: str, pairs: PairSelection | None = None, **tolerance: float) -> None:
    case, seen = CASES[name], seen_by_ranks(world, name)
    tolerance = tolerance or {"rtol": 1e-10, "atol": 1e-10}
    loss, on_rows, on_tao, on_extra = alone(case, world, pairs)
    for outcome in seen:
        torch.testing.assert_close(outcome.loss, loss, **tolerance)
    torch.testing.assert_close(torch.cat([outcome.on_rows for outcome in seen]), on_rows, **tolerance)
    if on_extra is not None:
        torch.testing.assert_close(torch.cat([outcome.on_extra for outcome in seen]), on_extra, **tolerance)
    for rank, outcome in enumerate(seen):
        assert outcome.on_rows.shape == case.rows(rank).shape
        if on_tao is not None:
            torch.testing.assert_close(len(world) * outcome.on_tao, on_tao, **tolerance)


def pairs_of(case: Case, world: list, outcome: Outcome) -> PairSelection:
    """The ranks' choice, to be used in one process."""
    _, labels = whole(case, world)
    chosen = select_pairs(labels, policy="first", max_pairs=case.settings.get("max_pairs"))
    return replace(chosen, anchors=outcome.anchors, positives=outcome.positives)


# --- value and gradients


def test_every_rank_returns_the_same_number(world):
    for name in CASES:
        assert len({outcome.loss.item() for outcome in seen_by_ranks(world, name)}) == 1


def test_the_loss_of_all_ranks_equals_a_loop_over_pairs_and_negatives(world):
    seen = seen_by_ranks(world, "hardest")[0]
    rows, _ = whole(WIDE, world)
    losses = loop_loss(rows[seen.anchors], rows[seen.positives], TAO, 0.3, "mc", normalize=False)
    assert seen.loss.item() == pytest.approx(sum(losses) / len(losses), rel=1e-10)


def test_batches_of_unequal_sizes_give_the_loss_and_gradients_of_one_process(world):
    assert_equals_one_process(world, "unequal sizes")


def test_two_rows_of_a_class_on_two_ranks_make_a_pair(world):
    case = CASES["a class on two ranks"]
    assert all(select_pairs(case.target(rank)).n_pairs == 0 for rank in range(len(world)))
    assert seen_by_ranks(world, "a class on two ranks")[0].loss > 0
    assert_equals_one_process(world, "a class on two ranks")


def test_two_rows_of_a_class_on_each_rank_make_one_pair_of_the_whole_batch(world):
    _, labels = whole(CASES["two rows of a class on each"], world)
    assert select_pairs(labels).n_pairs == 2
    assert_equals_one_process(world, "two rows of a class on each")


def test_pairs_of_one_class_are_not_each_others_negatives_across_ranks(world):
    assert_equals_one_process(world, "two pairs a class")


def test_a_rank_without_a_pair_of_its_own_takes_part(world):
    assert_equals_one_process(world, "a rank without a pair")


def test_a_rank_with_an_empty_batch_takes_part(world):
    assert_equals_one_process(world, "a rank without a row")


@pytest.mark.parametrize("kernel", ["", ", plain", ", dense", ", streaming"])
def test_a_rank_for_which_no_pair_is_left_to_compute_takes_part(world, kernel):
    assert_equals_one_process(world, "an empty part" + kernel)


@pytest.mark.parametrize("name", ["no pair at all", "no row at all", "fewer pairs than ranks"])
def test_hardly_a_pair_on_all_ranks_is_worth_one_warning_a_rank_the_same_on_each(world, name):
    with pytest.warns(NPairWarning) as expected:
        assert_equals_one_process(world, name)
    for outcome in seen_by_ranks(world, name):
        assert outcome.warned == [str(expected[0].message)]


def test_no_pair_on_all_ranks_gives_a_loss_and_gradients_of_zero(world):
    for outcome in seen_by_ranks(world, "no pair at all"):
        assert outcome.loss == 0
        assert not outcome.on_rows.any()


def test_the_padded_form_without_a_pair_gives_zeros_without_a_warning(world):
    assert_equals_one_process(world, "padded without a pair")
    assert all(outcome.warned == [] for outcome in seen_by_ranks(world, "padded without a pair"))


@pytest.mark.parametrize("name", ["unit rows", "the sum", *(name for name in CASES if name.startswith("padded with "))])
def test_settings_mean_what_they_mean_in_one_process(world, name):
    assert_equals_one_process(world, name)


@pytest.mark.parametrize("kernel", ["plain", "dense", "streaming"])
@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_every_kernel_and_objective_takes_a_part_of_the_anchors(world, kernel, objective):
    assert_equals_one_process(world, f"{kernel} {objective}")


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("a queue") and "half" not in name])
def test_each_ranks_extra_rows_of_any_number_are_candidates_of_all_ranks(world, name):
    assert_equals_one_process(world, name, rtol=1e-9, atol=1e-9)


def test_an_extra_row_of_another_rank_pushes_the_anchors_of_this_one(world):
    seen, without = seen_by_ranks(world, "a queue on one rank")[0], seen_by_ranks(world, "both directions")[0]
    assert (seen.on_rows - without.on_rows).abs().max() > 1e-3


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("both directions")])
def test_both_directions_of_all_ranks_are_those_of_one_process(world, name):
    assert_equals_one_process(world, name, rtol=1e-9, atol=1e-9)


def test_a_queue_that_nobody_learns_is_sent_once_and_gets_nothing_back(world):
    learned, fixed = seen_by_ranks(world, "a queue, learned"), seen_by_ranks(world, "a queue, fixed")
    for one, other in zip(learned, fixed, strict=True):
        assert one.collectives == [*other.collectives, "reduce_scatter_"]


def test_half_precision_is_rounded_once_on_its_way_back(world):
    case, seen = CASES["half precision"], seen_by_ranks(world, "half precision")
    rows, labels = whole(case, world)
    rows = rows.double().requires_grad_()
    exact = NPairLoss(tao=TAO, **case.settings)(rows, labels)
    exact.backward()
    for outcome in seen:
        assert outcome.on_rows.dtype == torch.bfloat16
        torch.testing.assert_close(outcome.loss, exact.detach().float(), rtol=1e-6, atol=0)
    on_rows = torch.cat([outcome.on_rows for outcome in seen]).double()
    torch.testing.assert_close(on_rows, rows.grad, rtol=1.01 * 2**-8, atol=0)


def test_autocast_changes_nothing(world):
    assert_equals_one_process(world, "autocast", rtol=1e-5, atol=1e-6)


def test_without_gradients_the_number_and_its_collectives_are_the_same(world):
    loss, *_ = alone(UNEQUAL, world)
    for outcomes in world:
        found, connected, collectives = outcomes["without gradients"]
        torch.testing.assert_close(found, loss, rtol=1e-10, atol=1e-10)
        assert not connected
        assert collectives == outcomes["unequal sizes"].collectives[:-1]


# --- pairs


@pytest.mark.parametrize("name", ["random", "hardest", "hardest of unit rows", "padded and cut"])
def test_pairs_are_the_same_on_every_rank(world, name):
    first, *others = seen_by_ranks(world, name)
    for outcome in others:
        assert torch.equal(outcome.anchors, first.anchors)
        assert torch.equal(outcome.positives, first.positives)


@pytest.mark.parametrize("name", ["hardest", "hardest of unit rows"])
def test_the_hardest_pairs_are_those_of_the_whole_batch(world, name):
    assert_equals_one_process(world, name)


def test_random_pairs_are_pairs_of_the_whole_batch_and_their_loss_is_that_of_one_process(world):
    _, labels = whole(WIDE, world)
    seen = seen_by_ranks(world, "random")[0]
    assert torch.equal(labels[seen.anchors], labels[seen.positives])
    assert len(seen.anchors) == select_pairs(labels).n_pairs
    assert_equals_one_process(world, "random", pairs_of(WIDE, world, seen))


def test_max_pairs_keeps_the_same_random_pairs_on_every_rank(world):
    case = CASES["padded and cut"]
    assert_equals_one_process(world, "padded and cut", pairs_of(case, world, seen_by_ranks(world, "padded and cut")[0]))


def test_random_pairs_follow_rank_0s_generator_and_change_from_call_to_call(world):
    first, *others = [outcomes["drawn twice"] for outcomes in world]
    assert all(drawn == first for drawn in others)
    assert first[0] != first[1]


def test_pairs_that_the_caller_chose_are_rows_of_the_whole_batch(world):
    rows, labels = whole(WIDE, world)
    pairs = select_pairs(labels, policy="hardest", embeddings=torch.nn.functional.normalize(rows))
    expected = NPairLoss(tao=TAO, l2_reg=0.0)(rows, labels, pairs)
    for outcomes in world:
        torch.testing.assert_close(outcomes["own pairs"], expected, rtol=1e-10, atol=1e-10)


# --- what the ranks share


@pytest.mark.parametrize("name", ["learned tao", "learned tao without a pair"])
@pytest.mark.filterwarnings("ignore::npair_viz.losses.npair.NPairWarning")
def test_each_rank_gets_an_equal_part_of_the_gradient_of_a_learned_tao(world, name):
    assert_equals_one_process(world, name)


def test_tao_is_learned_where_the_encoder_is_not(world):
    _, _, on_tao, _ = alone(replace(UNEQUAL, learns_tao=True), world)
    for outcomes in world:
        found, collectives = outcomes["frozen rows"]
        torch.testing.assert_close(found, on_tao, rtol=1e-10, atol=1e-10)
        assert collectives[-2:] == ["allreduce_", "allreduce_"]


def model_alone(world: list) -> dict[str, torch.Tensor]:
    rows, labels = whole(UNEQUAL, world)
    model = Model()
    embeddings, tao = model(rows)
    NPairLoss(l2_reg=0.0, tao=tao, policy="first")(embeddings, labels).backward()
    return model.gradients()


def test_averaged_gradients_of_the_loss_times_the_ranks_are_those_of_one_process(world):
    for outcomes in world:
        torch.testing.assert_close(outcomes["wrapped"], model_alone(world), rtol=1e-10, atol=1e-10)


def test_a_tao_that_nobody_wraps_gets_the_same_gradient_as_a_wrapped_one(world):
    for outcomes in world:
        torch.testing.assert_close(outcomes["wrapped but tao"], model_alone(world)["log_tao"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("wrapped", [True, False])
def test_ranks_learn_the_one_tao_of_one_process(world, name, wrapped):
    expected = Learner(RANGES[name], frozen=not wrapped, gather=False).taught(*whole(UNEQUAL, world))
    found = [outcomes[f"learned {name}, wrapped {wrapped}"] for outcomes in world]
    for taos in found:
        assert torch.equal(taos, found[0])
        torch.testing.assert_close(taos, expected, rtol=1e-9, atol=1e-9)
    at_bound = (expected - TAO).abs() < 1e-12
    assert at_bound.any() == (name != "free")
    assert not at_bound.all()


def test_without_gather_ranks_learn_one_tao_in_a_wrapper_and_each_its_own_outside(world):
    wrapped, apart = ([outcomes[name] for outcomes in world] for name in ("learned apart, wrapped", "learned apart"))
    for taos in wrapped:
        assert torch.equal(taos, wrapped[0])
    assert all(not torch.allclose(taos, apart[0], rtol=1e-3) for taos in apart[1:])


# --- work and collectives


def test_each_rank_computes_its_own_part_of_the_matrix_products_only(world):
    rows, labels = whole(WIDE, world)
    with FlopCounterMode(display=False) as flops:
        NPairLoss(policy="first", kernel="dense")(rows.requires_grad_(), labels).backward()
    n = select_pairs(labels).n_pairs
    most = -(-n // len(world))
    parts = [min(most, n - rank * most) for rank in range(len(world))]
    counts = [outcomes["counted"] for outcomes in world]
    assert counts == [3 * 2 * part * n * ranks.D for part in parts]
    assert sum(counts) == flops.get_total_flops()


def test_the_sequence_of_collectives_never_depends_on_data(world):
    seen = {tuple(outcomes[name].collectives) for outcomes in world for name in BY_DATA}
    assert seen == {("allgather_", "allgather_", "allgather_", "allreduce_", "reduce_scatter_")}


def test_a_learned_tao_adds_one_collective_to_backward_whatever_the_data(world):
    names = ("learned tao", "learned tao without a pair")
    (seen,) = {tuple(outcomes[name].collectives) for outcomes in world for name in names}
    assert seen[-3:] == ("allreduce_", "reduce_scatter_", "allreduce_")


def test_a_group_is_the_whole_batch_and_refuses_a_rank_outside(world):
    members = (0, len(world) - 1)
    case = replace(UNEQUAL, labels=tuple(UNEQUAL.labels[rank] for rank in members))
    rows, labels = torch.cat([UNEQUAL.rows(rank) for rank in members]), torch.cat([case.target(0), case.target(1)])
    loss = NPairLoss(tao=TAO, **case.settings)(rows.requires_grad_(), labels)
    loss.backward()
    seen = [world[rank]["in a group"] for rank in members]
    assert [value for value, _ in seen] == pytest.approx([loss.item()] * 2, rel=1e-10)
    torch.testing.assert_close(torch.cat([gradient for _, gradient in seen]), rows.grad, rtol=1e-10, atol=1e-10)
    for rank in set(range(len(world))) - set(members):
        assert world[rank]["in a group"].startswith(
            f"ValueError: group must hold every rank that calls the loss, got one without rank {rank}"
        )


# --- what is refused


@pytest.mark.parametrize(
    ("what", "rule", "usual", "odd"),
    [
        ("width", "embeddings.shape[1]", 4, 3),
        ("dtype", "embeddings.dtype", torch.float64, torch.float32),
        ("requires_grad", "embeddings.requires_grad", True, False),
        ("grad mode", "embeddings.requires_grad", True, False),
        ("tao.requires_grad", "tao.requires_grad", False, True),
    ],
)
def test_ranks_that_differ_are_told_on_every_rank_instead_of_waiting_for_each_other(world, what, rule, usual, odd):
    got = ", ".join(map(str, [usual] * (len(world) - 1) + [odd]))
    for outcomes in world:
        expected = f"ValueError: {rule} must be the same on every rank, got {got} from rank 0 on: "
        assert outcomes[f"differing {what}"].startswith(expected)


USUAL = {"objective": "'mc'", "reduction": "'mean'", "policy": "'first'", "normalize": True, "symmetric": False,
         "l2_reg": 0.02, "pairs_per_class": 1, "max_pairs": None, "tao": 0.6}  # fmt: skip


@pytest.mark.parametrize("setting", USUAL)
def test_ranks_whose_settings_differ_are_told_on_every_rank(world, setting):
    odd = ranks.ODD[setting]
    got = ", ".join(map(str, [USUAL[setting]] * (len(world) - 1) + [repr(odd)]))
    for outcomes in world:
        expected = f"ValueError: {setting} must be the same on every rank, got {got} from rank 0 on: "
        assert outcomes[f"with another {setting}"].startswith(expected)


@pytest.mark.parametrize("what", ranks.OTHER_QUEUES)
def test_ranks_whose_queues_are_of_another_kind_are_told_on_every_rank(world, what):
    for outcomes in world:
        told = outcomes[f"with another queue, {what}"]
        assert told.startswith(f"ValueError: {what} must be the same on every rank, got ")


@pytest.mark.parametrize("which", ranks.OTHER_PAIRS)
def test_ranks_whose_given_pairs_differ_are_told_on_every_rank(world, which):
    for outcomes in world:
        assert outcomes[f"with other pairs, {which}"].startswith("ValueError: pairs must be the same on every rank")


def test_a_tao_that_ranks_rounded_in_their_own_way_is_one_tao(world):
    assert all(outcomes["almost one tao"] == "nothing was refused" for outcomes in world)


def test_a_tao_that_is_not_positive_is_refused_before_any_rank_waits(world):
    assert all(outcomes["wrong tao"].startswith("ValueError: tao must be positive") for outcomes in world)


def test_second_derivatives_are_refused(world):
    for outcomes in world:
        assert "once_differentiable" in outcomes["twice derived"]


def test_gather_refuses_the_losses_of_single_pairs():
    with pytest.raises(ValueError, match="reduction must be 'mean' or 'sum' with gather=True, got 'none'"):
        NPairLoss(reduction="none", gather=True)


def test_gather_without_a_process_group_says_what_to_call():
    with pytest.raises(RuntimeError, match=r"call torch\.distributed\.init_process_group first"):
        NPairLoss(gather=True)(torch.eye(4), torch.tensor([0, 0, 1, 1]))


def test_a_single_rank_has_the_plain_loss_the_same_random_pairs_included(tmp_path):
    rows, labels = torch.randn(12, 3, dtype=torch.float64), torch.arange(12) % 3
    dist.init_process_group("gloo", f"file://{tmp_path / 'store'}", rank=0, world_size=1)
    try:
        with_gather, without = (
            NPairLoss(generator=torch.Generator().manual_seed(1), gather=gather)(rows, labels)
            for gather in (True, False)
        )
    finally:
        dist.destroy_process_group()
    assert torch.equal(with_gather, without)


# --- watched


def test_a_watched_rank_keeps_the_pairs_of_all_ranks_and_calls_nothing_more(world):
    case = WIDE
    loss, on_rows, *_ = alone(case, world)
    *watched, plain = seen = [outcomes["watched"] for outcomes in world]
    torch.testing.assert_close(torch.cat([outcome["on_rows"] for outcome in seen]), on_rows, rtol=1e-10, atol=1e-10)
    rows, labels = whole(case, world)
    monitor = watch(single := NPairLoss(tao=TAO, **case.settings), every=1)
    single(rows.requires_grad_(), labels)
    for outcome in watched:
        assert outcome["collectives"] == plain["collectives"]
        (row,) = outcome["rows"]
        assert row["loss"] == pytest.approx(loss.item())
        numbers = {name: row[name] for name in ("pairs", "effective_negatives", "gap", "rank", "floor", "right_picks")}
        assert numbers == pytest.approx({name: monitor.rows[0][name] for name in numbers})
    assert plain["rows"] == []
    assert 0 <= watched[0]["rows"][0]["recall"] <= 1
