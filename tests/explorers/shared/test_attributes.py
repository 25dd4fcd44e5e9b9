"""An attribute that no explorer has is not set."""

import pytest

from npair_viz import Explorer, explore, predict, train_and_watch
from npair_viz.stage.state import State

OPENED = {
    "pairs": lambda: explore("line-up"),
    "cloud": lambda: explore([[1.0, 0], [0, 1], [1, 1]] * 2, [0, 1, 0] * 2),
    "lab": lambda: train_and_watch("blends", steps=5),
}


@pytest.mark.parametrize("kind", OPENED)
def test_a_setting_is_no_attribute_and_the_error_says_how_to_set_it(kind):
    explorer = OPENED[kind]()
    name = "lab" if kind == "lab" else "explorer"
    with pytest.raises(AttributeError, match=rf"^{name}\.tao can't be set: use {name}\.set\(tao=0\.1\)$"):
        explorer.tao = 0.1
    assert "tao" not in vars(explorer)
    explorer.set(tao=0.2)
    with pytest.raises(AttributeError, match=rf"^{name}\.taoo can't be set: use {name}\.set\(tao=0\.1\), or see help"):
        explorer.taoo = 0.1
    for there in ("sentence", "set"):
        with pytest.raises(AttributeError, match=f"^{name}.{there} can't be set"):
            setattr(explorer, there, "other")


def test_a_guess_is_committed_not_set():
    asked = predict(1)
    for name in ("guess", "reason", "answer"):
        with pytest.raises(AttributeError, match=rf"^prediction\.{name} can't be set: use prediction\.guess\("):
            setattr(asked, name, "A")
    assert not asked.state.committed


def test_a_subclass_may_have_attributes_of_its_own():
    class Mine(Explorer):
        note: str

    mine = Mine(State())
    mine.note = "kept"
    with pytest.raises(AttributeError, match=r"explorer\.set\(tao=0\.1\)"):
        mine.tao = 0.1
    mine.close()
