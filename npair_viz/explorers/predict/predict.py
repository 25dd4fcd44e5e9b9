"""`predict`: a question of the lessons that shows its answer once a guess is committed."""

from typing import TYPE_CHECKING, Any

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.predict.prediction import Prediction


def predict(question: int, **kept: Any) -> "Prediction":
    """Ask a question: it takes a guess and a reason, and then shows the answer and how far the guess was from it.

    Args:
        question: 1 to 16; for 15 the guess is an arrow, drawn on the stage, for the others it is chosen or typed.
        kept: A saved state to continue from: predict(3, **json.loads(text)), with the text of `state.to_json()`.

    Returns:
        The question; a notebook shows it.

    Raises:
        ValueError: There is no such question, or the saved state is wrong or of another question.
        TypeError: The saved state has an unknown part.
        ModuleNotFoundError: A package is missing; the message says what to install.

    >>> asked = predict(1)
    >>> asked.guess("C", reason="rule")
    >>> asked.answer.splitlines()[2]
    'Right.'
    """
    with said_that_torch_starts(), needed_for("predict"):
        from npair_viz.explorers.predict.prediction import opened_prediction

    prediction = opened_prediction(question, kept)
    replace_former(prediction)
    return prediction
