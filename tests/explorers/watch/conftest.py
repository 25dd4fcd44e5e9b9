"""A stand-in for the living picture."""

import pytest

from npair_viz.explorers.watch import monitor as module
from npair_viz.training.recording import Recording
from tests.support.watched_loss import View


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> None:
    class Living:
        LivingRecording = View

        @staticmethod
        def page(recording: Recording) -> str:
            return f"a page{[one.step for one in recording.pictures]}"

    monkeypatch.setattr(module, "_living", lambda what: Living)
