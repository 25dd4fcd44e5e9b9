"""The questions of the lessons, with their answers, the reasons, and the misconceptions behind wrong answers."""

from collections.abc import Mapping

from npair_viz.exercises import (
    tasks_01_to_04_loss,
    tasks_05_to_07_geometry,
    tasks_08_to_10_forces,
    tasks_11_to_14_temperature,
    tasks_15_to_16_norms,
    tasks_17_to_20_pairs,
)
from npair_viz.exercises.question import Question
from npair_viz.validation import check_choice


def question(number: int) -> Question:
    """The question of that number: 15 asks for an arrow, 7 for a number, the others for a choice.

    Raises ValueError for an unknown number.

    >>> question(1)
    Question 1. An anchor stands before four candidates, all equally similar to it. What is its loss?
    A: 0
    B: 0.25
    C: 1.386
    D: it depends on tao
    """
    check_choice("question", number, tuple(QUESTIONS))
    return QUESTIONS[number]


_LINE_UP = "In the scene line-up, with points on the circle and tao = 0.5,"
_PLANE = "In the plane, where lengths are free, the line-up's points follow the loss downhill."

_ALL = (
    Question(
        1,
        tasks_01_to_04_loss.LESSON,
        "An anchor stands before four candidates, all equally similar to it. What is its loss?",
        ("0", "0.25", "1.386", "it depends on tao"),
        "C",
        "Each candidate gets a quarter, at every tao. The surprise at a quarter is log 4 = 1.386: pure chance.",
        {
            "A": "Loss 0 would be no surprise at all. A blind guess among four is wrong three times of four.",
            "B": "0.25 is the partner's share. The loss is the surprise at it, minus its logarithm.",
            "D": "tao divides the differences of similarities, and here each difference is 0.",
        },
    ),
    Question(
        2,
        tasks_05_to_07_geometry.LESSON,
        f"{_LINE_UP} anchor 3 is at 90 degrees and its positive p3 at 140. You may move p3 alone. "
        "Where is the loss of the whole batch smallest?",
        ("at 90, right on its anchor", "at about 103", "at 120", "at 140, where it is"),
        "B",
        "The loss is 0.380 at 103 degrees and 0.392 at 90. On its way to 90 p3 comes nearer to anchor 8, "
        "and there it is a negative.",
        {
            "A": "A positive is not its anchor's alone: anchor 3 likes 90 best, but p3 stands in every line-up.",
            "C": "It is the right way, and the loss is 0.402 there. It falls further beyond.",
            "D": "The loss is 0.484 there, the largest of the four.",
        },
    ),
    Question(
        3,
        tasks_11_to_14_temperature.LESSON,
        "In the scene line-up anchor 3 picks the wrong one, and the other three anchors pick their partners. "
        "tao goes from 0.5 to 0.05. What does the loss do?",
        ("it falls to a tenth", "it falls a bit", "it rises", "it stays the same"),
        "C",
        "It rises from 0.484 to 1.119. A small tao makes every anchor surer of what it picks, and anchor 3 picks "
        "the wrong one: its own loss goes from 0.99 to 4.48.",
        {
            "A": "tao is no factor on the loss. It divides the similarities, before shares are made of them.",
            "B": "A smaller tao is not always better: it helps those who are right and hurts those who are wrong.",
            "D": "The order of the shares stays. The shares do not, and the loss is made of shares.",
        },
    ),
    Question(
        4,
        tasks_11_to_14_temperature.LESSON,
        "In the scene tidy every anchor picks its partner. tao goes from 0.5 to 0.05. What does the loss do?",
        ("it falls to a tenth or less", "it rises", "it stays the same", "it is no number any more (NaN)"),
        "A",
        "It falls from 0.381 to 0.022. All picks are right, and a small tao makes every anchor surer of its pick.",
        {
            "B": "It rises where a pick is wrong. Here none is.",
            "C": "The picks stay. The shares do not, and the loss is made of shares.",
            "D": "e to a large power is too large for a computer. The library takes the largest out first.",
        },
    ),
    Question(
        5,
        tasks_11_to_14_temperature.LESSON,
        "In the scene line-up, at tao = 0.1, three negatives push anchor 3. Positive 8 is the most similar to it. "
        "Who does the pushing?",
        ("a third each", "8 almost alone", "the farthest almost alone", "the other anchors"),
        "B",
        "8 has more than 99.9 % of the push. At tao = 5 the three share it: 41, 31 and 28 %.",
        {
            "A": "Negatives are pushed away by their shares, and shares differ. Equal shares need a large tao.",
            "C": "What is far already is no danger: its share is next to nothing.",
            "D": "No anchor stands in a line-up. Only positives push an anchor.",
        },
    ),
    Question(
        6,
        tasks_05_to_07_geometry.LESSON,
        f"{_LINE_UP} anchor 3 has a loss of 0.990. Anchor 8 is put right on top of it. What does anchor 3's loss do?",
        ("it rises", "it falls", "it stays the same", "it grows without end"),
        "C",
        "It stays 0.990. Only positives stand in its line-up. Anchor 8's own loss rises, from 0.256 to 0.543.",
        {
            "A": "Not all points repel: an anchor stands in nobody's line-up.",
            "B": "Anchor 8 is neither its partner nor its negative: it can't help either.",
            "D": "No loss grows without end on a circle, and this one does not see anchor 8 at all.",
        },
    ),
    Question(
        7,
        tasks_01_to_04_loss.LESSON,
        "Four classes stand on the circle a quarter turn apart, each positive right on its anchor. tao is 1. "
        "Where does the loss lie?",
        ("0", "0.627", "1.386", "0.25"),
        0.627,
        "It is 0.627, the least that four pairs can reach on a circle at tao = 1. Each partner gets 53 %: two "
        "negatives stand at right angles and one opposite, and each keeps a share.",
        {
            "A": "Perfect points do not give loss 0: the negatives can't leave the line-up.",
            "C": "1.386 is chance, the loss of an anchor that can tell nobody apart.",
            "D": "0.25 is the share of each candidate at chance, and a share is not a loss.",
        },
        kind="number",
        places=(0.0, 0.627, 1.386, 0.25),
        marks=((0.0, "no surprise"), (1.386, "chance"), (2.82, "worst")),
    ),
    Question(
        8,
        tasks_15_to_16_norms.LESSON,
        f"{_LINE_UP} l2_reg goes from 0 to 10. Then all points follow the loss downhill. What happens?",
        ("the points shrink", "they move more slowly", "the loss is 20 higher, the paths are the same", "all collapse"),
        "C",
        "The loss goes from 0.484 to 20.484. On a circle every length is 1, so the penalty is 20 wherever the points "
        "stand, and what is the same everywhere pulls nowhere.",
        {
            "A": "Nothing can shrink on a circle: every length is brought back to 1.",
            "B": "The step depends on the forces, and no force has changed.",
            "D": "Points collapse where lengths are free. Here they are held at 1.",
        },
    ),
    Question(
        9,
        tasks_15_to_16_norms.LESSON,
        f"{_PLANE} l2_reg is 0 and tao is 0.5. What do the lengths do in 10,000 steps?",
        ("they stay 1", "they grow and settle", "they grow for ever, more and more slowly", "they shrink"),
        "C",
        "The mean length is 1.607 after 100 steps, 1.991 after 1,000 and 2.298 after 10,000. Longer arrows always "
        "lower the loss a little more.",
        {
            "A": "Only on the circle are lengths held at 1.",
            "B": "To settle they need something that holds them: l2_reg, and it is 0.",
            "D": "Shrinking makes all similarities alike, and that is chance: the loss would rise.",
        },
    ),
    Question(
        10,
        tasks_15_to_16_norms.LESSON,
        f"{_PLANE} tao is 0.5. With which l2_reg do they all end in the centre?",
        ("0.02", "0.5", "1 and more", "with none: negatives push points apart"),
        "C",
        "All is lost from 2·l2_reg·tao = 1 on, and here that is l2_reg = 1. At 0.5 lengths settle at 0.74, "
        "at 0.9 still at 0.32.",
        {
            "A": "With 0.02 the lengths settle at 1.52: longer than at the start.",
            "B": "With 0.5 the lengths settle at 0.74. Shorter is not lost yet.",
            "D": "Pushes are as strong as their points are long. Near the centre l2_reg wins.",
        },
    ),
    Question(
        11,
        tasks_15_to_16_norms.LESSON,
        f"{_PLANE} l2_reg is 0.02. Once they rest, tao goes from 0.5 to 5. Where do the lengths settle now?",
        ("shorter", "longer", "at the same length", "in the centre"),
        "B",
        "They go from 1.52 to 3.31. tao divides the similarities, so for the same shares arrows must be longer. "
        "At tao = 25 all ends in the centre.",
        {
            "A": "A large tao weakens forces, but longer arrows make up for it, until l2_reg is too strong.",
            "C": "2·l2_reg·tao alone says whether lengths are lost. tao says how long they are.",
            "D": "That is right for tao = 25: 2·l2_reg·tao is 1 there, and only 0.2 here.",
        },
    ),
    Question(
        12,
        tasks_11_to_14_temperature.LESSON,
        "Run 1 has n = 32, tao = 1 and a loss of 2.60. Run 2 has n = 256, tao = 0.1 and a loss of 1.10. Both have room "
        "for their best shape. Which one is nearer to its optimum?",
        ("run 1", "run 2", "always the one with more pairs", "that can't be said"),
        "A",
        "From chance, 0, to the best, 1, run 1 is at 0.886 and run 2 at 0.803. Their chances are 3.466 and 5.545, "
        "their best 2.488 and 0.011. Which of them retrieves better, this does not say.",
        {
            "B": "Two losses have two rulers. Ask first where chance and the best lie for each.",
            "C": "More pairs make chance larger. They say nothing of how far a run has come.",
            "D": "From the losses alone it can't. With n and tao each has a ruler, and rulers compare.",
        },
    ),
    Question(
        13,
        "07_train_and_watch",
        "Photos of ten digits are read as plain grey values, each brought to length 1; nothing is trained. At tao = 1 "
        "the loss of ten pairs is 2.19, and chance is 2.30. For how many of all photos is the nearest other one of the "
        "same digit?",
        ("10 %", "50 %", "80 %", "99 %"),
        "D",
        "98.9 %. At tao = 1 the loss looks at differences that are small beside 1, so it says almost chance. Retrieval "
        "asks only who is nearest.",
        {
            "A": "A loss near chance does not mean a choice near chance: order and size are two things.",
            "B": "The loss does not tell retrieval: it also weighs how much nearer the partner is.",
            "C": "More than that: a loss near chance hides a good order at a large tao.",
        },
    ),
    Question(
        14,
        tasks_17_to_20_pairs.LESSON,
        "A batch has one pair, and its loss is 0. What does that say?",
        ("training is done", "nothing is learned", "it is overfitted", "there is a bug"),
        "B",
        "With one pair the line-up is one candidate. Its share is 1, the loss is 0 and so is every force, wherever the "
        "two points stand.",
        {
            "A": "Loss 0 means no surprise, and there was nobody to confuse the partner with.",
            "C": "Nothing was fitted: no force ever moved a point.",
            "D": "The code is right. The batch is too poor: it needs two classes.",
        },
    ),
    Question(
        15,
        tasks_08_to_10_forces.LESSON,
        "In the scene line-up, in the plane and at tao = 0.5, its positive pulls anchor 3 and three negatives push it. "
        "Which way does the sum of these forces point? Draw it.",
        ("to its partner", "along the pull", "away from 8", "uphill"),
        (-0.374, -0.033),
        "It points left and a bit down: (-0.374, -0.033). The pull goes along p3 as seen from the centre, not from the "
        "anchor, and the push goes against p8 as seen from there.",
        {
            "A": "The pull does not aim at the partner: it goes along the partner's own arrow, from the centre.",
            "B": "That is the pull alone. 8 pushes almost as strongly.",
            "C": "That is the push alone. The partner pulls a bit more strongly.",
            "D": "That is the gradient, which points uphill. A force is minus a gradient.",
        },
        kind="arrow",
        places=((-0.766, -0.357), (-0.766, 0.643), (-0.5, -0.866), (0.374, 0.033)),
        stage={"scene": "line-up", "surface": "plane", "l2_reg": 0.0, "tao": 0.5, "selected": 0},
    ),
    Question(
        16,
        "08_debug_your_embeddings",
        "A script says NPairLoss(0.4) and means a temperature of 0.4. Rows are normalised, as they are by default. "
        "What does it train with?",
        ("tao 0.4", "tao 1 and a dead l2_reg", "tao 0.4 and l2_reg 0.02", "an error is raised"),
        "B",
        "tao stays 1, and l2_reg becomes 0.4. On rows of length 1 that adds the number 0.8 to the loss and moves "
        "nothing. Both are numbers of one size, so nothing complains.",
        {
            "A": "The first place belongs to l2_reg. Pass both by name.",
            "C": "The first place belongs to l2_reg, so its default 0.02 is what was replaced.",
            "D": "0.4 is a fine l2_reg, so no error can tell that it was meant for tao.",
        },
    ),
)
QUESTIONS: Mapping[int, Question] = {one.number: one for one in _ALL}
