"""Predict, then reveal: a question of the lessons that holds its answer back until a guess is committed."""

from typing import TYPE_CHECKING, Any

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.predict.prediction import Prediction


def predict(question: int, **kept: Any) -> "Prediction":
    """Ask question 1 to 16: it takes a guess and a word of reason, and only then shows the answer and the distance.

    1 to 14 are chosen or typed; 15 is an arrow, drawn on the stage. kept: what `state.to_json()` kept, to go on there:
    predict(3, **json.loads(text)).
    Errors: ValueError or TypeError for a question that there is not, or for a kept state of another one;
    ModuleNotFoundError that says what to install.

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
