"""A hand on the screen: what it does with a control is an act, and what can't be done is said in words."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.status import TOLD, to_warn


class Screen:
    """The widgets of an explorer, connected to what it does.

    words: the short texts, with the line for its status. show: gives every widget the value that it has at the state.
    locked: the names of controls that stay grey.
    """

    def __init__(
        self,
        widget: Any,
        controls: dict[str, Any],
        words: dict[str, Any],
        show: Callable[[], None],
        locked: Collection[str] = (),
    ) -> None:
        self._widget, self._controls, self._words, self._show = widget, controls, words, show
        self.locked = frozenset(locked)
        self._syncing = False

    def sync(self) -> None:
        """Let everything show the state; what was said of an earlier act is over."""
        self._syncing, self._words["status"].value = True, ""
        try:
            self._show()
            for name in self.locked & self._controls.keys():
                self._controls[name].disabled = True
        finally:
            self._syncing = False

    def on_value(self, control: Any, act: Callable[[Any], None], trait: str = "value") -> None:
        """Let a hand on a control act on the value that it gives; one that `sync` gives is no act."""

        def changed_by_hand(change: Any) -> None:
            if not self._syncing:
                self.attempt(partial(act, change.new))

        control.observe(changed_by_hand, trait)

    def on_press(self, control: Any, act: Callable[[], None]) -> None:
        """Let a press of a button act."""
        control.on_click(lambda _: self.attempt(act))

    def attempt(self, act: Callable[[], None]) -> None:
        """Do what a hand asks; what can't be done is said in words, and the controls go back to what is shown."""
        try:
            act()
        except TOLD as error:
            self.tell(str(error))

    def tell(self, trouble: str) -> None:
        """Show the state, and say what could not be done, else ""."""
        self.sync()
        self._words["status"].value = to_warn(trouble)

    def close(self) -> None:
        """Take all widgets off the page and free what they hold there."""
        close_all(self._widget, *self._controls.values(), *self._words.values())
