"""Connects controls with what they do; errors are shown as text under the picture."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.status import TOLD, to_warn
from npair_viz.geometry.acts import alone


class Screen:
    """The widgets of an explorer, connected with what they do.

    Args:
        widget: The whole of it.
        controls: The controls by name.
        words: The texts by name, with "status".
        show: Sets every widget to the state.
        locked: The names of controls that stay disabled.
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

    @alone
    def sync(self) -> None:
        """Set all widgets to the state and clear the status line."""
        self._syncing, self._words["status"].value = True, ""
        try:
            self._show()
            for name in self.locked & self._controls.keys():
                self._controls[name].disabled = True
        finally:
            self._syncing = False

    def on_value(self, control: Any, act: Callable[[Any], None], trait: str = "value") -> None:
        """Call `act` with each value that the user gives a control; values set by `sync` do not count."""

        @alone
        def changed_by_hand(change: Any) -> None:
            if not self._syncing:
                self.attempt(partial(act, change.new))

        control.observe(changed_by_hand, trait)

    def on_press(self, control: Any, act: Callable[[], None]) -> None:
        """Call `act` when a button is pressed."""
        control.on_click(lambda _: self.attempt(act))

    @alone
    def attempt(self, act: Callable[[], None]) -> None:
        """Call `act`; on an error show its message, and set the controls back to the state."""
        try:
            act()
        except TOLD as error:
            self.tell(str(error))

    def tell(self, trouble: str) -> None:
        """Set all widgets to the state, and show an error's message, "" for none."""
        self.sync()
        self._words["status"].value = to_warn(trouble)

    def close(self) -> None:
        """Remove all widgets from the page and free them."""
        close_all(self._widget, *self._controls.values(), *self._words.values())
