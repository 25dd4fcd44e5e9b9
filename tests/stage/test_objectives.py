"""What follows from the word of the objective stands once on the stage, and another word is refused."""

import math

import pytest

from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.stage.bundle import source
from tests.stage.test_widget import MODULES
from tests.support.node import answers

CALLS = {
    "objectives": "lossOf, lossLess, growthOfAll, voteOf, pushShares, chance, threshold, hasOneVote",
    "theory": "lossRuler, phaseOf, bestPairs",
}
TOLD = """(word) => [
    () => lossOf([0], word), () => lossLess([0], word), () => growthOfAll([0], [0], word), () => voteOf([0], word),
    () => pushShares([0], word),
    () => chance(4, word), () => threshold(4, word), () => hasOneVote(word),
    () => lossRuler(3, 1, word, 2), () => phaseOf(3, 1, 0.1, word, 2), () => bestPairs(3, 1, 0, word, 2, false),
].map((ask) => { try { ask(); return "answered"; } catch (error) { return error.message; } })"""


@pytest.mark.parametrize("word", ["neither", "MC", "", "toString", None])
def test_an_objective_that_there_is_not_is_refused_in_words(word: str | None) -> None:
    (told,) = answers([word], TOLD, CALLS)
    assert set(told) == {f"objective must be one of mc, ovo, got {'null' if word is None else word}"}


def test_each_objective_of_python_is_one_of_the_stage() -> None:
    assert answers(list(OBJECTIVES), TOLD, CALLS) == [["answered"] * 11] * len(OBJECTIVES)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_more_negative_makes_the_loss_of_all_of_them(objective: str) -> None:
    cases = [[[-900.0, 2.0], 700.0], [[0.3, -2.0, 0.3], -1.0], [[], 0.5], [[-50.0], -60.0]]
    code = f"""([logits, one]) => {{
        const loss = lossOf(logits, '{objective}');
        return [loss + growthOfAll([loss], [one], '{objective}'), lossOf([...logits, one], '{objective}')];
    }}"""
    for one, whole in answers(cases, code, {"objectives": "lossOf, growthOfAll"}):
        assert one == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_logits_that_are_all_less_by_a_number_have_the_loss_of_what_they_become(objective: str) -> None:
    cases = [[[-900.0, 2.0], 700.0], [[0.3, -2.0, 0.3], -1.0], [[], 0.5], [[-50.0], -60.0]]
    code = f"""([logits, less]) => [lossLess(logits, '{objective}')(less),
        lossOf(logits.map((logit) => logit - less), '{objective}')]"""
    for one, other in answers(cases, code, {"objectives": "lossOf, lossLess"}):
        assert one == pytest.approx(other, rel=1e-12)


VOTE = "(logits) => { const vote = voteOf(logits, 'mc'); return { ...vote, weights: Array.from(vote.weights) }; }"


def test_weights_and_what_is_left_are_right_at_both_ends() -> None:
    (cold, alone) = answers([[-700.0, -740.0], []], VOTE, {"objectives": "voteOf"})
    assert cold["loss"] == pytest.approx(math.exp(-700), rel=1e-12)
    assert cold["weights"] == pytest.approx([math.exp(-700), math.exp(-740)], rel=1e-12, abs=0)
    assert (alone["loss"], alone["weights"], alone["own"]) == (0, [], 1)


@pytest.mark.parametrize("module", [name for name in MODULES if name not in ("model/objectives", "model/constants")])
def test_no_other_module_knows_the_words_of_the_objectives_or_the_rule_of_their_losses(module: str) -> None:
    text = source(f"js/{module}.js")
    assert not any(f'"{word}"' in text for word in OBJECTIVES)
    assert "log1p(Math.exp" not in text
