"""What tests of the explorer look at: its words, its controls, and all that a failed act must leave alone."""


def said(explorer):
    return explorer._words["status"].value


def choose(asked, guess):
    """What a hand makes on the sheet of a prediction."""
    made = str(guess) if isinstance(guess, float) else list(guess) if isinstance(guess, tuple) else guess
    setattr(asked.controls["guess"], asked._sheet.trait, made)


def shown(explorer):
    """The value of every control that has one."""
    return {name: one.value for name, one in explorer.controls.items() if hasattr(one, "value")}


def held(explorer):
    """All that a failed act must leave as it was."""
    history = explorer._acts.history if hasattr(explorer, "_acts") else explorer._history
    return explorer.state, history.past, history.future, shown(explorer), explorer.sentence


def fails_once(picture, error):
    """A picture function that draws, and the first time fails then."""
    left = [error("no picture today")]

    def draw(*given):
        picture(*given)
        if left:
            raise left.pop()

    return draw
