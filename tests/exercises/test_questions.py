"""The questions of the lessons: each truth by the library, and each number of each answer."""

import math

import pytest
import torch
from torch.nn.functional import normalize

from npair_viz import NPairLoss, descend, loss_ruler, npair_gradients, optimal_pairs, phase, read, recall_at_k
from npair_viz.data.scenes import digits, named
from npair_viz.exercises.guesses import angle_between, is_right
from npair_viz.exercises.question import REASONS
from npair_viz.exercises.questions import QUESTIONS, question
from tests.support.moved_scenes import put

PLACES = {"A": 90, "B": 103, "C": 120, "D": 140}


def loss(scene, **settings):
    return read(named(scene), **settings).loss


def lengths(steps):
    scene = named("line-up")
    rows = scene.anchors.double(), scene.positives.double()
    end = descend(*rows, steps=steps, tao=0.5, l2_reg=0.0, normalize=False)
    return torch.cat([end.anchors, end.positives]).norm(dim=1)


def settled(tao, l2_reg):
    return phase(4, tao, l2_reg, dimension=2).optimal_norm


def forces_of_anchor_3():
    scene = named("line-up")
    return npair_gradients(scene.anchors.double(), scene.positives.double(), tao=0.5)


# --- the truth of each, by the library


def truth_1():
    losses = {loss("heap", tao=tao) for tao in (0.1, 0.5, 5.0)}
    assert max(losses) - min(losses) < 1e-12
    return "C" if losses.pop() == pytest.approx(1.386, abs=6e-4) else ""


def truth_2():
    return min(PLACES, key=lambda letter: read(put(p3=PLACES[letter])).loss)


def truth_3():
    before, after = loss("line-up", tao=0.5), loss("line-up", tao=0.05)
    return "C" if after > before else ""


def truth_4():
    return "A" if loss("tidy", tao=0.05) <= loss("tidy", tao=0.5) / 10 else ""


def truth_5():
    pushes = read(named("line-up"), tao=0.1).push_shares[0]
    return "B" if pushes[1] > 0.999 else ""


def truth_6():
    before, after = read(named("line-up")).losses[0], read(put(a8=90)).losses[0]
    return "C" if after.item() == pytest.approx(before.item(), abs=1e-12) else ""


def truth_7():
    return optimal_pairs(4, 2, 1.0).loss


def truth_8():
    rows = named("line-up").anchors.double(), named("line-up").positives.double()
    free, held = (descend(*rows, steps=60, tao=0.5, l2_reg=l2_reg) for l2_reg in (0.0, 10.0))
    torch.testing.assert_close(free.anchors, held.anchors, rtol=0, atol=1e-12)
    torch.testing.assert_close(free.positives, held.positives, rtol=0, atol=1e-12)
    gap = loss("line-up", l2_reg=10.0) - loss("line-up", l2_reg=0.0)
    return "C" if gap == pytest.approx(20) else ""


def truth_9():
    means = [lengths(steps).mean() for steps in (0, 100, 200, 1000)]
    gains = [means[1] - means[0], means[2] - means[1]]
    return "C" if means == sorted(means) and gains[1] < gains[0] else ""


def truth_10():
    return {(False, False, True): "C"}[tuple(settled(0.5, l2_reg) < 1e-9 for l2_reg in (0.02, 0.5, 1.0))]


def truth_11():
    return "B" if settled(5.0, 0.02) > settled(0.5, 0.02) else ""


def truth_12():
    scores = {"A": loss_ruler(32, 1.0).score(2.60), "B": loss_ruler(256, 0.1).score(1.10)}
    return max(scores, key=scores.get)


def truth_13():
    rows, labels = digits().embeddings.double(), digits().labels
    offered = {"A": 0.10, "B": 0.50, "C": 0.80, "D": 0.99}
    found = recall_at_k(normalize(rows, dim=1), labels)
    return min(offered, key=lambda letter: abs(offered[letter] - found))


def truth_14():
    reading = read(named("one pair"))
    forces = torch.cat([reading.forces.on_anchors, reading.forces.on_positives])
    return "B" if reading.loss == 0 and not forces.any() else ""


def truth_15():
    return tuple((-forces_of_anchor_3().on_anchors[0]).tolist())


def penalty_of_16():
    rows, labels = digits().embeddings[:40], digits().labels[:40]
    asked, bare = NPairLoss(0.4, policy="first"), NPairLoss(l2_reg=0.0, tao=1.0, policy="first")
    return (asked(rows, labels) - bare(rows, labels)).item()


def truth_16():
    return "B" if (NPairLoss(0.4).tao, NPairLoss(0.4).l2_reg) == (1.0, 0.4) else ""


@pytest.mark.parametrize("number", QUESTIONS)
def test_the_library_finds_the_same_truth(number):
    found, stored = globals()[f"truth_{number}"](), QUESTIONS[number].truth
    assert (found == stored) if isinstance(stored, str) else found == pytest.approx(stored, abs=6e-4)


# --- the numbers of the answers

SEEN = {
    1: lambda: [("1.386", loss("heap")), ("1.386", math.log(4))],
    2: lambda: [(f"{gone:.3f}", read(put(p3=at)).loss) for gone, at in ((0.38, 103), (0.392, 90))],
    3: lambda: [
        *(("0.484", loss("line-up", tao=0.5)), ("1.119", loss("line-up", tao=0.05))),
        *((said, read(named("line-up"), tao=tao).losses[0].item()) for said, tao in (("0.99", 0.5), ("4.48", 0.05))),
    ],
    4: lambda: [("0.381", loss("tidy", tao=0.5)), ("0.022", loss("tidy", tao=0.05))],
    5: lambda: [
        (said, 100 * share)
        for said, share in zip(
            ("41", "31", "28"), read(named("line-up"), tao=5.0).push_shares[0].tolist()[1:], strict=True
        )
    ],
    6: lambda: [
        ("0.990", read(put(a8=90)).losses[0].item()),
        *((said, read(scene).losses[1].item()) for said, scene in (("0.256", put()), ("0.543", put(a8=90)))),
    ],
    7: lambda: [("0.627", optimal_pairs(4, 2, 1.0).loss), ("53", 100 * math.exp(-optimal_pairs(4, 2, 1.0).loss))],
    8: lambda: [("0.484", loss("line-up")), ("20.484", loss("line-up", l2_reg=10.0))],
    9: lambda: [
        (said, lengths(steps).mean().item()) for said, steps in (("1.607", 100), ("1.991", 1000), ("2.298", 10_000))
    ],
    10: lambda: [(said, settled(0.5, l2_reg)) for said, l2_reg in (("0.74", 0.5), ("0.32", 0.9))],
    11: lambda: [(said, settled(tao, 0.02)) for said, tao in (("1.52", 0.5), ("3.31", 5.0))],
    12: lambda: [
        (said, value)
        for n, tao, at, told in ((32, 1.0, 2.6, "0.886 3.466 2.488"), (256, 0.1, 1.1, "0.803 5.545 0.011"))
        for ruler in [loss_ruler(n, tao)]
        for said, value in zip(told.split(), (ruler.score(at), ruler.chance, ruler.floor), strict=True)
    ],
    13: lambda: [("98.9", 100 * recall_at_k(normalize(digits().embeddings.double(), dim=1), digits().labels))],
    14: lambda: [],
    15: lambda: list(zip(("-0.374", "-0.033"), truth_15(), strict=True)),
    16: lambda: [("0.8", penalty_of_16()), ("0.4", NPairLoss(0.4).l2_reg)],
}


@pytest.mark.parametrize("number", QUESTIONS)
def test_each_number_of_an_answer_is_computed(number):
    for said, value in SEEN[number]():
        assert said in QUESTIONS[number].why
        assert value == pytest.approx(float(said), abs=0.51 * 10.0 ** -len(said.partition(".")[2]))


def test_the_numbers_of_the_wrong_options_are_computed():
    assert read(put(p3=120)).loss == pytest.approx(0.402, abs=6e-4)
    assert loss("line-up") == pytest.approx(0.484, abs=6e-4)
    assert settled(0.5, 0.02) == pytest.approx(1.52, abs=6e-3)
    assert 2 * 0.02 * 25 == 1
    assert phase(4, 25.0, 0.02, dimension=2).collapsed
    assert loss("pixels", tao=1.0) == pytest.approx(2.19, abs=6e-3)
    assert math.log(10) == pytest.approx(2.30, abs=6e-3)


def test_the_ruler_of_question_7_is_that_of_four_pairs():
    ruler = loss_ruler(4, 1.0, dimension=2)
    assert [at for at, _ in QUESTIONS[7].marks] == pytest.approx([0.0, ruler.chance, ruler.ceiling], abs=6e-4)


def test_the_usual_arrows_are_what_they_say():
    scene, forces = named("line-up"), forces_of_anchor_3()
    ways = [
        scene.positives[0] - scene.anchors[0],
        forces.pull[0],
        forces.push_from(0)[1],
        forces.on_anchors[0],
    ]
    assert [angle_between(way.tolist(), told) for way, told in zip(ways, QUESTIONS[15].places, strict=True)] == (
        pytest.approx([0, 0, 0, 0], abs=0.1)
    )
    assert forces.pull[0].norm() > forces.push_from(0)[1].norm() > 0.9 * forces.pull[0].norm()


# --- the questions as such


def test_there_are_fourteen_an_arrow_and_the_swapped_arguments():
    assert list(QUESTIONS) == list(range(1, 17))
    assert [number for number, one in QUESTIONS.items() if one.kind == "arrow"] == [15]
    assert [number for number, one in QUESTIONS.items() if one.kind == "number"] == [7]


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_is_whole(number):
    one = question(number)
    assert one.reasons == REASONS
    assert one.text.endswith(("?", "Draw it."))
    wrong = set(one.letters) - ({one.truth} if one.kind == "choice" else set())
    assert set(one.misconceptions) == {letter for letter in wrong if belief_is_due(one, letter)}
    assert len(one.places) == (0 if one.kind == "choice" else len(one.options))


def belief_is_due(one, letter):
    return one.kind == "choice" or not is_right(one, one.places[one.letters.index(letter)])


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_shows_its_options_and_not_its_answer(number):
    one = question(number)
    assert str(one.number) in repr(one)
    assert one.text in repr(one)
    assert one.why not in repr(one)
    if one.kind != "choice":
        assert not any(
            option in repr(one).removeprefix(f"Question {number}. {one.text}") for option in one.options[1:2]
        )
    for line in one.misconceptions.values():
        assert line not in repr(one)


def test_a_question_that_there_is_not_is_refused_in_words():
    with pytest.raises(ValueError, match="question must be one of 1, 2"):
        question(17)
