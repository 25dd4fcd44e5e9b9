"""Each number of a sample against plain loops, and what may not be looked at."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from npair_viz.diagnosis.embeddings import effective_rank
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.watching import Compared
from npair_viz.theory.effective_negatives import effective_negatives
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from npair_viz.training import measures
from npair_viz.training.measures import evenly, rank_of_gram, row_of, settings_of, shown, taken
from tests.support.loop_oracles import dot, loop_loss, pairs

CPU = torch.device("cpu")


def row(compared: Compared) -> dict[str, float]:
    return row_of(taken(compared), settings_of(compared))


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def cosine(left: list[float], right: list[float]) -> float:
    return dot(left, right) / math.sqrt(dot(left, left) * dot(right, right))


def by_loops(compared: Compared) -> dict[str, float]:
    """The same numbers, one term at a time; every anchor is looked at."""
    counted = [i for i in range(len(compared.anchors)) if compared.valid is None or compared.valid[i]]
    a, p = ([side[i].tolist() for i in counted] for side in (compared.anchors.double(), compared.positives.double()))
    labels = [int(compared.labels[i]) for i in counted] if compared.labels is not None else list(range(len(a)))
    tao, n = float(compared.tao), len(a)
    extra = [] if compared.negatives is None else compared.negatives.tolist()
    beside = [-1] * len(extra) if compared.negative_labels is None else compared.negative_labels.tolist()
    c, classes = p + extra, labels + beside
    others = [[j for j in range(len(c)) if classes[j] != labels[i]] for i in range(n)]
    margins = [[(dot(a[i], c[j]) - dot(a[i], c[i])) / tao for j in others[i]] for i in range(n)]
    losses, heard = [], []
    for logits in margins:
        terms = [math.fsum(map(math.exp, logits))] if compared.objective == "mc" else list(map(math.exp, logits))
        losses.append(math.fsum(math.log1p(term) for term in terms))
        weights = [math.exp(x) / (1 + (terms[0] if compared.objective == "mc" else math.exp(x))) for x in logits]
        shares = [weight / math.fsum(weights) for weight in weights]
        if shares:
            heard.append(math.exp(-math.fsum(share * math.log(share) for share in shares if share)))
    asked = [logits for logits in margins if logits]
    units = [[[x / math.sqrt(dot(r, r)) for x in r] for r in side] for side in (a, p)]
    means = [[mean(list(column)) for column in zip(*side, strict=True)] for side in units]
    within = [mean([cosine(side[i], side[j]) for i in range(n) for j in range(n) if i != j]) for side in (a, p)]
    lengths = [math.sqrt(dot(r, r)) for r in a + p]
    return {
        "pair_loss": mean(losses),
        "penalty": compared.l2_reg * mean([dot(a[i], a[i]) + dot(p[i], p[i]) for i in range(n)]),
        "effective_negatives": mean(heard),
        "right_picks": mean([float(max(logits) < 0) for logits in asked]),
        "negatives": mean([float(len(logits)) for logits in asked]),
        "negative_cosine": mean([cosine(a[i], c[j]) for i in range(n) for j in others[i]]),
        "side_cosine": max(within),
        "gap": math.dist(*means),
        "pair_distance": math.sqrt(mean([math.dist(units[0][i], units[1][i]) ** 2 for i in range(n)])),
        "length": mean(lengths),
        "length_spread": math.sqrt(mean([(one - mean(lengths)) ** 2 for one in lengths])),
        "roundness": max(abs(one - 1) for one in lengths),
        "rank": effective_rank(torch.tensor(units[0], dtype=torch.float64)),
        "classes": float(len(set(labels))),
        "pairs": float(n),
        "tao": tao,
    }


@st.composite
def steps(draw: st.DrawFn) -> Compared:
    """Pairs of any kind, at least two that count and of two classes."""
    n, d = draw(st.integers(2, 9)), draw(st.integers(2, 6))
    anchors, positives = pairs(n, d, seed=draw(st.integers(0, 99)))
    if draw(st.booleans()):
        anchors, positives = (side / side.norm(dim=1, keepdim=True) for side in (anchors, positives))
    labels = valid = None
    if draw(st.booleans()):
        labels = torch.tensor([0, 1, *(draw(st.integers(0, 3)) for _ in range(n - 2))])
    if draw(st.booleans()):
        valid = torch.tensor([True, True, *(draw(st.booleans()) for _ in range(n - 2))])
    settings = {"l2_reg": draw(st.sampled_from([0.0, 0.3])), "objective": draw(st.sampled_from(["mc", "ovo"]))}
    if draw(st.booleans()):
        settings["negatives"], _ = pairs(draw(st.integers(0, 5)), d, seed=7)
        if labels is not None and draw(st.booleans()):
            settings["negative_labels"] = torch.arange(len(settings["negatives"])) % 3
    return Compared(anchors, positives, draw(st.sampled_from([0.3, 2.0])), labels=labels, valid=valid, **settings)


@given(steps())
def test_every_number_is_that_of_plain_loops(step: Compared) -> None:
    found = row(step)
    for name, value in by_loops(step).items():
        assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), name


def test_numbers_that_the_library_computes_elsewhere_are_the_same() -> None:
    anchors, positives = (side / side.norm(dim=1, keepdim=True) for side in pairs(12, 16))
    found = row(Compared(anchors, positives, 0.2))
    ruler = loss_ruler(12, tao=0.2, dimension=16)
    loss = npair_loss(anchors, positives, tao=0.2).item()
    assert found["loss"] == pytest.approx(loss)
    assert (found["floor"], found["chance"]) == pytest.approx((ruler.floor, ruler.chance))
    assert found["effective_negatives"] == pytest.approx(effective_negatives(anchors @ positives.T, 0.2).mean().item())
    assert found["score"] == pytest.approx((ruler.chance - loss) / (ruler.chance - ruler.floor))


def test_raw_rows_have_the_floor_of_the_phase_law() -> None:
    anchors, positives = pairs(5, 9)
    found = row(Compared(anchors, positives, 0.5, l2_reg=0.1))
    assert found["floor"] == pytest.approx(phase(5, tao=0.5, l2_reg=0.1).optimal_loss)
    assert found["chance"] == pytest.approx(math.log(5))
    assert found["loss"] == pytest.approx(npair_loss(anchors, positives, tao=0.5, l2_reg=0.1).item())


def test_the_penalty_of_unit_rows_lifts_floor_and_chance_alike() -> None:
    anchors, positives = (side / side.norm(dim=1, keepdim=True) for side in pairs(6, 9))
    plain, lifted = (row(Compared(anchors, positives, 0.5, l2_reg=l2_reg)) for l2_reg in (0.0, 0.1))
    for name in ("floor", "chance", "loss"):
        assert lifted[name] == pytest.approx(plain[name] + 0.2)
    assert lifted["score"] == pytest.approx(plain["score"])


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_the_floor_of_classes_that_repeat_is_reached_where_each_lies_on_a_corner(objective: str) -> None:
    corners = torch.eye(4, dtype=torch.float64) - 0.25
    rows = (corners / corners.norm(dim=1, keepdim=True)).repeat(3, 1)
    found = row(Compared(rows, rows, 0.4, labels=torch.arange(4).repeat(3), objective=objective))
    assert found["loss"] == pytest.approx(found["floor"])
    assert found["score"] == pytest.approx(1)
    assert found["negatives"] == 9


@pytest.mark.parametrize(("objective", "expected"), [("mc", math.log(6 + 20)), ("ovo", (5 + 20) * math.log(2))])
def test_chance_counts_extra_negatives(objective: str, expected: float) -> None:
    rows = torch.ones(6, 4) / 2
    found = row(Compared(rows, rows, 0.4, negatives=torch.ones(20, 4) / 2, objective=objective))
    assert found["negatives"] == 25
    assert found["loss"] == pytest.approx(found["chance"]) == pytest.approx(expected)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("padded", [False, True])
def test_the_loss_of_a_row_is_a_pair_whatever_the_reduction(reduction: str, padded: bool) -> None:
    anchors, positives = pairs(7, 4)
    valid = torch.arange(7) < 5 if padded else None
    told = npair_loss(anchors, positives, tao=0.6, reduction=reduction, valid=valid)
    found = row(Compared(anchors, positives, 0.6, told, valid=valid, reduction=reduction))
    count = 5 if padded else 7
    expected = mean(loop_loss(anchors[:count], positives[:count], 0.6, 0.0, "mc", normalize=False))
    assert found["loss"] == pytest.approx(expected)


def test_lengths_are_those_before_the_loss_divided_by_them() -> None:
    raw = torch.cat(pairs(5, 3))
    units = raw / raw.norm(dim=1, keepdim=True)
    found = row(Compared(*units.chunk(2), 0.3, raw=raw))
    assert found["length"] == pytest.approx(raw.norm(dim=1).mean().item())
    assert found["length_spread"] == pytest.approx(raw.norm(dim=1).std(correction=0).item())


def test_rows_that_only_fill_up_may_hold_anything() -> None:
    raw = torch.cat(pairs(6, 4))
    anchors, positives = (raw / raw.norm(dim=1, keepdim=True)).chunk(2)
    valid = torch.arange(6) < 4
    expected = row(Compared(anchors[:4], positives[:4], 0.3, raw=raw[valid.repeat(2)]))
    for rows in (anchors, positives, *raw.chunk(2)):
        rows[4:] = torch.nan
    found = row(Compared(anchors, positives, 0.3, raw=raw, valid=valid))
    assert found == pytest.approx(expected | {"most_rank": found["most_rank"]}, nan_ok=True)


@pytest.mark.parametrize("n", [0, 1])
def test_a_step_without_a_negative_has_numbers_that_nobody_knows(n: int) -> None:
    found = row(Compared(torch.ones(n, 3), torch.ones(n, 3), 0.3, torch.zeros(())))
    assert (found["loss"], found["pairs"]) == (0, n)
    assert math.isnan(found["right_picks"])
    assert math.isnan(found["score"])


def test_a_row_that_is_not_a_number_raises_nothing() -> None:
    anchors, positives = pairs(4, 3)
    anchors[1, 2] = torch.nan
    found = row(Compared(anchors, positives, 0.3))
    assert math.isnan(found["loss"])
    assert math.isnan(found["rank"])


def test_of_many_anchors_an_even_choice_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "MOST", 4)
    anchors, positives = pairs(10, 5)
    found = row(Compared(anchors, positives, 0.5))
    losses = npair_loss(anchors, positives, tao=0.5, reduction="none")
    assert found["pair_loss"] == pytest.approx(losses[[0, 2, 5, 7]].mean().item())
    assert taken(Compared(anchors, positives, 0.5))["gram"].shape == (4, 4)


def test_against_very_many_candidates_fewer_anchors_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "ENTRIES", 20)
    anchors, positives = pairs(10, 5)
    losses = npair_loss(anchors, positives, tao=0.5, reduction="none")
    assert row(Compared(anchors, positives, 0.5))["pair_loss"] == pytest.approx(losses[[0, 5]].mean().item())


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 12))
def test_an_even_choice_takes_valid_rows_first_and_none_twice(flags: list[bool], most: int) -> None:
    valid = torch.tensor(flags)
    chosen = evenly(len(flags), most, valid, CPU).tolist()
    assert len(set(chosen)) == len(chosen) == min(len(flags), most)
    assert sum(flags[i] for i in chosen) == min(sum(flags), most)


@given(st.integers(0, 40), st.integers(1, 12))
def test_an_even_choice_keeps_its_distance(n: int, most: int) -> None:
    chosen = evenly(n, most, None, CPU).tolist()
    steps = {after - before for before, after in pairwise(chosen)}
    assert len(chosen) == min(n, most)
    assert max(steps, default=0) - min(steps, default=0) <= 1


@given(st.integers(2, 9), st.integers(1, 9), st.integers(0, 99))
def test_the_rank_of_a_gram_matrix_is_that_of_its_rows(n: int, d: int, seed: int) -> None:
    rows, _ = pairs(n, d, seed=seed)
    assert rank_of_gram(rows @ rows.T, n) == pytest.approx(effective_rank(rows), rel=1e-6, abs=1e-6)


def test_half_precision_is_computed_in_float32() -> None:
    anchors, positives = pairs(9, 8, dtype=torch.bfloat16)
    wide = row(Compared(anchors.float(), positives.float(), 0.3))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert row(Compared(anchors, positives, 0.3)) == wide


def test_rows_for_a_picture_are_even_pairs_with_their_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "MOST", 6)
    anchors, positives = pairs(9, 2)
    found = shown(Compared(anchors, positives, 0.3, classes=torch.arange(9) * 10))
    assert torch.equal(found["rows"], torch.cat([anchors[[0, 3, 6]], positives[[0, 3, 6]]]))
    assert found["classes"].tolist() == [0, 30, 60]


def test_taking_a_sample_changes_nothing() -> None:
    anchors, positives = (side.requires_grad_() for side in pairs(9, 3))
    before, state = [side.detach().clone() for side in (anchors, positives)], torch.get_rng_state()
    step = Compared(anchors, positives, torch.tensor(0.3, requires_grad=True), valid=torch.arange(9) < 7)
    parts: list[Tensor] = [*taken(step).values(), *shown(replace(step, classes=torch.arange(9))).values()]
    assert not any(part.requires_grad for part in parts)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(old, new) for old, new in zip(before, (anchors, positives), strict=True))
