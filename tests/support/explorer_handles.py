"""What tests of the explorer look at: its words, its controls, and all that a failed act must leave alone."""


def said(explorer):
    return explorer._words["status"].value


def shown(explorer):
    """The value of every control that has one."""
    return {name: one.value for name, one in explorer.controls.items() if hasattr(one, "value")}


def held(explorer):
    """All that a failed act must leave as it was."""
    return (
        explorer.state,
        list(explorer._history.past),
        list(explorer._history.future),
        shown(explorer),
        explorer.sentence,
    )
