"""Faults that are planted in real runs are told of soon and once; healthy runs are told nothing."""

import math

import pytest

from npair_viz.training.alerts import alerts_of
from tests.support.watched_runs import HEALTHY, PLANTED, Run, watched

QUICK = ("tao .1", "8 pairs", "two towers", "raw with l2_reg", "a narrow cone at the start")
AT = {"nan": 205, "collapse": 200, "gap": 200, "rank": 200}  # the steps at which they were planted


def told(name: str, run: Run) -> None:
    monitor = watched(run)
    (alert,) = monitor.alerts
    assert alert.name == name
    assert alert.mend
    planted = AT.get(name, 0) if run.spoil.__name__ != "<lambda>" else 0
    assert name not in AT or planted < alert.step <= planted + 50


@pytest.mark.parametrize(("name", "run"), [(name, run) for name, runs in PLANTED.items() for run in runs])
def test_a_planted_fault_is_told_of_soon_and_once(name: str, run: Run) -> None:
    told(name, run)


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_run_is_told_nothing(name: str) -> None:
    assert watched(HEALTHY[name]).alerts == []


@pytest.mark.slow  # a minute or two: a thousand steps each
@pytest.mark.parametrize("name", [name for name in HEALTHY if name not in QUICK])
def test_healthy_runs_of_many_kinds_are_told_nothing(name: str) -> None:
    assert watched(HEALTHY[name]).alerts == []


def samples(count: int = 6, **numbers: list[float] | float) -> list[dict[str, float]]:
    """Rows of a healthy run but for some numbers, one for all or one a sample."""
    healthy = {
        "loss": 0.1, "floor": 0.0, "chance": 3.0, "score": 0.96, "pair_loss": 0.1, "penalty": 0.0, "rank": 20.0,
        "effective_negatives": 5.0, "right_picks": 0.9, "negatives": 31.0, "classes": 32.0, "pairs": 32.0,
        "negative_cosine": 0.0, "side_cosine": 0.0, "gap": 0.1, "pair_distance": 0.5, "length": 1.0,
        "length_spread": 0.1, "roundness": 0.0, "tao": 0.1, "most_rank": 31.0,
    }  # fmt: skip
    rows = []
    for i in range(count):
        given = {name: value[i] if isinstance(value, list) else value for name, value in numbers.items()}
        rows.append({"step": 10.0 * i, **healthy, **given})
    return rows


def names(rows: list[dict[str, float]], tao_range: tuple[float, float] | None = None) -> list[str]:
    return [alert.name for alert in alerts_of(rows, tao_range)]


def test_retrieval_that_falls_at_the_floor_is_told_of() -> None:
    (alert,) = alerts_of(samples(recall=[0.8, 0.9, 0.9, 0.6, 0.6, 0.6], sample_rows=256.0))
    assert (alert.name, alert.step) == ("retrieval falls", 50)
    assert "Recall@1 of the sample is 0.600, it was 0.900" in alert.words


@pytest.mark.parametrize(
    "numbers",
    [
        {"recall": [0.8, 0.9, 0.9, 0.85, 0.85, 0.85], "sample_rows": 256.0},  # as little as an odd batch does
        {"recall": [0.8, 0.9, 0.9, 0.7, 0.7, 0.7], "sample_rows": 20.0},  # too few to be sure
        {"recall": [0.8, 0.9, 0.9, 0.6, 0.6, 0.6], "sample_rows": 256.0, "score": 0.5},  # the loss still falls
        {"recall": [0.8, 0.9, 0.9, 0.9, 0.6, 0.9], "sample_rows": 256.0},
    ],
)
def test_retrieval_that_does_not_surely_fall_at_the_floor_is_told_nothing(numbers: dict[str, float]) -> None:
    assert names(samples(**numbers)) == []


def test_one_odd_sample_is_no_alert() -> None:
    odd = {"gap": 1.5, "rank": 2.0, "effective_negatives": 1.0, "score": 0.0, "side_cosine": 1.0, "pair_loss": 3.0}
    for name, value in odd.items():
        healthy = samples(1)[0][name]
        rows = samples(**{name: [healthy] * 3 + [value] + [healthy] * 2})
        assert [names(rows[: count + 1]) for count in range(len(rows))] == [[]] * len(rows)


def test_a_narrow_cone_that_opens_is_a_start_and_one_that_closes_is_a_collapse() -> None:
    opening = [0.999 - 0.001 * i for i in range(6)]
    assert names(samples(side_cosine=opening, pair_loss=2.9)) == []
    assert names(samples(side_cosine=opening[::-1], pair_loss=2.9)) == ["collapse"]


def test_a_narrow_cone_that_was_there_from_the_start_is_told_of_once_it_should_have_opened() -> None:
    rows = samples(25, side_cosine=0.9997, pair_loss=2.9)
    told = [names(rows[: count + 1]) for count in range(len(rows))]
    assert told == [[]] * 20 + [["collapse"]] * 5


def test_a_tao_that_has_no_gradient_may_stand_still() -> None:
    assert names(samples(), (0.01, 100.0)) == []
    assert names(samples(tao_gradient=0.0), (0.01, 100.0)) == []
    assert names(samples(tao_gradient=0.3), (0.01, 100.0)) == ["tao stands still"]


def test_a_tao_that_moved_once_is_learned() -> None:
    assert names(samples(tao_gradient=0.3, tao=[0.2] + [0.1] * 5), (0.01, 100.0)) == []


@pytest.mark.parametrize(("tao", "which"), [(0.01, "least"), (100.0, "most")])
def test_a_tao_at_either_bound_is_told_of_alone(tao: float, which: str) -> None:
    (alert,) = alerts_of(samples(tao=tao, tao_gradient=0.3), (0.01, 100.0))
    assert alert.name == "tao at its bound"
    assert which in alert.words


def test_a_kind_that_was_told_is_not_told_again_nor_is_what_follows_from_it() -> None:
    rows = samples(rank=[20.0, 20.0, 20.0, 5.0, 5.0, 5.0], gap=[0.1, 0.1, 0.1, 1.9, 1.9, 1.9])
    assert names(rows) == ["gap", "rank"]
    assert [alert.name for alert in alerts_of(rows, known=["gap"])] == ["rank"]
    assert [alert.name for alert in alerts_of(rows, known=["collapse"])] == ["gap"]
    assert [*alerts_of(rows, known=["nan"])] == []


def test_the_gap_of_few_pairs_may_be_chance() -> None:
    numbers = {"gap": [0.1, 0.3, 0.7, 0.7, 0.7, 0.7], "pair_distance": 1.2}
    assert names(samples(pairs=8.0, **numbers)) == []
    assert names(samples(pairs=64.0, **numbers)) == ["gap"]


def test_a_loss_above_chance_that_falls_is_a_start() -> None:
    falling = [9.0 - 0.2 * i for i in range(30)]
    assert names(samples(30, loss=falling, score=[(3 - loss) / 3 for loss in falling])) == []


def test_numbers_that_nobody_knows_are_no_alert() -> None:
    unknown = {name: math.nan for name in samples(1)[0] if name not in ("loss", "step")}
    assert names(samples(**unknown), (0.01, 100.0)) == []


@pytest.mark.parametrize(
    "numbers",
    [
        {"loss": math.nan, "pairs": 0.0, "negatives": math.nan, "rank": 0.0, "most_rank": 0.0},
        {"loss": 0.0, "pairs": 1.0, "negatives": 0.0, "rank": 0.0, "most_rank": 0.0},
        {"loss": 0.0, "pairs": 12.0, "classes": 1.0, "negatives": 0.0, "rank": 2.0, "most_rank": 0.0},
    ],
    ids=["no pair", "one pair", "one class"],
)
def test_batches_without_a_negative_are_told_of_alone(numbers: dict[str, float]) -> None:
    healthy = samples()
    rows = [*healthy, *({**row, "step": row["step"] + 60} for row in samples(**numbers))]
    assert names(rows) == ["no negatives"]
    assert names(rows[:8]) == []  # a short batch now and then is no fault


def test_rows_that_are_all_zero_are_a_collapse() -> None:
    rows = samples(length=0.0, side_cosine=0.0, score=-0.01, pair_loss=3.0, loss=3.0, rank=0.0)
    assert names(rows) == ["collapse"]
    assert "All rows are zero" in next(alerts_of(rows)).words


def test_a_sample_that_does_not_move_at_all_is_told_of_before_what_follows() -> None:
    assert names(samples(21, sample_move=0.0)) == ["stands still"]
    assert names(samples(60, sample_move=0.0, loss=3.0, score=0.0)) == ["stands still"]
    assert names(samples(21, sample_move=[0.0] * 18 + [1e-9, 0.0, 0.0])) == []


def test_a_loss_that_stays_at_chance_is_told_of_after_500_steps() -> None:
    stuck = [0.06 - 0.12 * (i % 2) for i in range(60)]
    assert names(samples(60, score=stuck, loss=3.0)) == ["at chance"]
    assert names(samples(50, score=stuck[:50], loss=3.0)) == []
    assert names(samples(60, score=[0.001 * i for i in range(60)], loss=3.0)) == []  # it learns, slowly


def test_a_loss_that_rose_far_above_chance_is_told_of_alone() -> None:
    risen = [3.2, 2.0, 19.1, 400.0, 9000.0, 300.0]
    scores = [(3.0 - loss) / 3 for loss in risen]
    rows = samples(loss=risen, score=scores, effective_negatives=1.0, rank=[20.0, 20.0, 20.0, 5.0, 5.0, 5.0])
    assert names(rows) == ["above chance"]
    assert "it was 2.000 at step 10" in next(alerts_of(rows)).words


def test_rows_that_became_a_thousand_times_as_long_hardly_turn() -> None:
    assert names(samples(length=[1.0, 2.0, 50.0, 2e3, 2e5, 2e7])) == ["lengths"]
    assert names(samples(length=[1.0, 2.0, 50.0, 90.0, 99.0, 99.0])) == []
    assert names(samples(length=[1.0, 2.0, 50.0, 2e3, 2e5, 2e7], roundness=1e7)) == []
