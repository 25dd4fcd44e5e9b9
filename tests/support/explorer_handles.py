"""What tests of the explorers look at: words, controls, and all that a failed act must leave alone."""


def said(explorer):
    return explorer._words["status"].value


def choose(asked, guess):
    """What a hand makes on the sheet of a prediction."""
    made = str(guess) if isinstance(guess, float) else list(guess) if isinstance(guess, tuple) else guess
    setattr(asked.controls["guess"], asked._sheet.trait, made)


def shown(explorer):
    """The value of every control that has one."""
    return {name: one.value for name, one in explorer.controls.items() if hasattr(one, "value")}


def history_of(explorer):
    """The history of an explorer of pairs, a cloud or a lab."""
    acts = explorer.widget.store.acts if hasattr(explorer.widget, "store") else explorer._acts
    return acts.history


def held(explorer):
    """All that a failed act must leave as it was."""
    history = history_of(explorer)
    if hasattr(explorer.widget, "store"):
        traits = {name: getattr(explorer.widget, name) for name in explorer.widget.trait_names(sync=True)}
        kept = {name: value for name, value in traits.items() if name not in ("put", "trouble")}
    else:
        kept = shown(explorer)
    return explorer.state, history.past, history.future, kept, explorer.sentence


def fails_once(picture, error):
    """A picture function that draws, and the first time fails then."""
    left = [error("no picture today")]

    def draw(*given):
        picture(*given)
        if left:
            raise left.pop()

    return draw
