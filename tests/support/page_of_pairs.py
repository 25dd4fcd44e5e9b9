"""What a page of an explorer of pairs holds and sends, without a page: the put that arrives, and acts as messages."""

from base64 import b64decode

import torch

from npair_viz.stage.bases import from_doubles
from npair_viz.stage.wire import USUAL, settings_of

END = {"kind": "end"}


def rows_of(put, number):
    """The points of a state of a put as a page has them."""
    state = put["states"][number]
    base = put["bases"][state["base"]]
    raw = base["points"] if state["points"] is None else put["tables"][state["points"]]["points"]
    return from_doubles(raw if isinstance(raw, bytes) else b64decode(raw), base["width"])


def act(state, points="same", **changes):
    """An act of a page that changes settings or points."""
    return {"kind": "act", "settings": {**settings_of(state), **changes}, "points": points}


def message(store, acts, client="one", seq=1, saw=0, epoch=None):
    """A message of a page that knows the present epoch."""
    return {
        "kind": "acts",
        "client": client,
        "epoch": store.epoch if epoch is None else epoch,
        "seq": seq,
        "saw": saw,
        "acts": acts,
    }


def assert_shown(explorer):
    """Traits, put and reading are those of the state, and the loss is what the plain formula gives."""
    stage, state, reading = explorer.widget, explorer.state, explorer.reading
    assert stage.state["tao"] == stage.tao == state.tao == reading.tao
    assert stage.selected == state.selected + (reading.n if state.point == "positive" else 0)
    assert stage.labels == reading.scene.labels.tolist()
    assert (stage.surface, stage.normalize, stage.landscape) == (state.surface, state.normalize, state.landscape)
    put = stage.store.put()
    settings = USUAL | put["states"][put["present"]]
    assert {name: settings[name] for name in settings_of(state)} == settings_of(state)
    rows, true = rows_of(put, put["present"]), stage.store.bases.rows(state)
    torch.testing.assert_close(rows @ rows.T, true @ true.T, rtol=1e-9, atol=1e-9)
    assert len(stage.points) == (len(true) if reading.scene.dimension <= 3 else 0)
    a, p = reading.scene.anchors.double(), reading.scene.positives.double()
    if state.normalize:
        a, p = (torch.nn.functional.normalize(side, dim=1, eps=1e-30) for side in (a, p))
    logits = a @ p.T / state.tao
    logits = logits.masked_fill(~reading.is_negative & ~torch.eye(reading.n, dtype=torch.bool), -torch.inf)
    margins = logits - logits.diagonal().unsqueeze(1)
    if state.objective == "mc":
        loss = margins.logsumexp(dim=1).mean()
    else:
        loss = torch.nn.functional.softplus(margins[~torch.eye(reading.n, dtype=torch.bool)]).sum() / reading.n
    lengths = state.l2_reg * (a.square().sum() + p.square().sum()) / reading.n
    exact = state.dtype == "float64"
    expected = (loss + lengths).item()
    assert abs(reading.loss - expected) <= (1e-9 if exact else 2e-2) * max(1, abs(expected)), state
