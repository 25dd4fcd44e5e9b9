"""The contenders of the benchmarks compute the same, and its tables hold them all. Nothing is timed here."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode, addmm_flop

from benchmarks import batches, chart, contenders, run
from benchmarks.contenders import Loss
from benchmarks.tables import FEW, PAIRS, QUICK, SELECTION, TABLES, cross
from tests.support.loop_oracles import loop_loss, numeric_gradient

N, D = 7, 3
LOSSES = sorted({one for table in (PAIRS, FEW) for one in table.contenders if issubclass(one, Loss)}, key=str)
PENALIZED = (batches.WithPenalty, batches.CrossEntropyWithPenalty)
SELECTIONS = [one for one in SELECTION.contenders if one is not batches.Sort]
PRODUCTS = (contenders.WholeProducts, contenders.TiledProducts)


def prepared(kind, *size, dtype=torch.float64):
    contender = kind()
    reason = contender.available("cpu", dtype)
    if reason is not None:
        pytest.skip(f"{contender.name}: {reason}")
    contender.policy = "first"
    contender.prepare(*size, "cpu", dtype)
    return contender


def expected(kind, anchors, positives):
    l2_reg = batches.L2_REG if kind in PENALIZED else 0.0
    normalize = issubclass(kind, batches.Batch)
    losses = loop_loss(anchors, positives, contenders.TAO, l2_reg, "mc", normalize)
    return torch.tensor(sum(losses) / len(losses), dtype=torch.float64)


# --- contenders


@pytest.mark.parametrize("kind", LOSSES)
def test_every_contender_computes_the_loss_of_the_loop_over_pairs(kind):
    contender = prepared(kind, N, D)
    truth = expected(kind, *contenders.pairs(N, D, "cpu", torch.float64))
    torch.testing.assert_close(contender.forward(), truth)
    torch.testing.assert_close(contender.forward_backward(), truth)


@pytest.mark.parametrize("kind", LOSSES)
def test_every_contender_finds_the_slope_of_the_loop_over_pairs_each_time_anew(kind):
    contender = prepared(kind, N, D)
    anchors, positives = contenders.pairs(N, D, "cpu", torch.float64)
    truth = (
        numeric_gradient(lambda rows: expected(kind, rows, positives), anchors),
        numeric_gradient(lambda rows: expected(kind, anchors, rows), positives),
    )
    for _ in range(2):
        contender.forward_backward()
        torch.testing.assert_close(contender.gradients(), truth, atol=1e-7, rtol=1e-6)


def test_chunks_and_tiles_that_do_not_divide_the_rows_change_nothing(monkeypatch):
    monkeypatch.setattr(contenders, "TILE_ENTRIES", 2_100)
    n, d = contenders.CHUNK + 44, 4
    whole, tiled = (prepared(kind, n, d) for kind in PRODUCTS)
    torch.testing.assert_close(tiled.forward_backward(), whole.forward_backward())
    plain, chunked = (prepared(kind, n, d) for kind in (contenders.CrossEntropy, contenders.LinearCrossEntropy))
    torch.testing.assert_close(chunked.forward_backward(), plain.forward_backward())
    torch.testing.assert_close(chunked.gradients(), plain.gradients())


@pytest.mark.parametrize(("mode", "products"), [("forward", 1), ("forward_backward", 3)])
@pytest.mark.parametrize("kind", PRODUCTS)
def test_the_floor_is_one_product_forward_and_three_with_the_way_back(kind, mode, products, monkeypatch):
    monkeypatch.setattr(contenders, "TILE_ENTRIES", 20)
    contender = prepared(kind, N, D)
    in_place = {torch.ops.aten.addmm_: lambda *shapes, **_: addmm_flop(*shapes)}  # torch counts addmm alone
    with FlopCounterMode(display=False, custom_mapping=in_place) as counter:
        getattr(contender, mode)()
    assert counter.get_total_flops() == products * 2 * N * N * D


@pytest.mark.parametrize("kind", SELECTIONS)
def test_every_selection_takes_two_rows_of_each_class(kind):
    contender = prepared(kind, 23, 5)
    anchors, positives = contender.forward()
    assert sorted(contender.labels[anchors].tolist()) == [0, 1, 2, 3, 4]
    assert torch.equal(contender.labels[anchors], contender.labels[positives])
    assert not (anchors == positives).any()


def test_the_loop_lists_the_other_pairs_positives_as_negatives():
    contender = prepared(batches.PythonLoop, 6, 3)
    _, positives = contender.forward()
    first, second, third = positives.tolist()
    assert contender.negatives.tolist() == [[second, third], [first, third], [first, second]]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("kind", [contenders.Liger, contenders.CutCrossEntropy, contenders.InfCL])
def test_where_there_is_no_gpu_its_contenders_say_so(kind):
    assert kind().available("cpu") == "no CUDA device"


def test_a_contender_whose_package_is_missing_names_it(monkeypatch):
    monkeypatch.setattr(contenders.MetricLearning, "package", "a_package_of_nobody")
    assert contenders.MetricLearning().available() == "a_package_of_nobody is not installed"


# --- tables


def test_the_cross_holds_all_n_at_one_d_and_all_d_at_one_n_small_ones_first():
    assert cross([1, 5, 3], [20, 30], 3, 10) == ((1, 10), (3, 10), (3, 20), (3, 30), (5, 10))
    assert {(64, 128), (65_536, 128), (4_096, 32), (4_096, 1_024)} <= set(PAIRS.sizes)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_in_a_table_everyone_has_a_name_and_a_look_of_their_own(table):
    names = [one.name for one in table.contenders]
    assert len({chart.LOOKS[name] for name in names}) == len(names)


def test_only_takes_tables_and_contenders():
    def named(only):
        return {table.name: [one.name for one in table.contenders] for table in run.chosen(TABLES, only)}

    everyone = [one.name for one in PAIRS.contenders]
    assert named(["pairs"]) == {"pairs": everyone}
    assert named(["npair_viz"]) == {"few pairs": ["npair_viz"], "pairs": ["npair_viz"]}
    assert named(["pairs", "npair_viz"]) == {"pairs": ["npair_viz"]}
    assert list(named([])) == [table.name for table in TABLES]


def test_the_quick_run_has_the_same_tables_with_fewer_sizes():
    for quick, table in zip(QUICK, TABLES, strict=True):
        assert quick.contenders == table.contenders
        assert len(quick.sizes) < len(table.sizes)
