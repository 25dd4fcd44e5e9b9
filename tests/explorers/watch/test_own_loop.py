"""`train_and_watch` of one's own parts is the loop that anybody writes, watched."""

from collections.abc import Iterator
from itertools import cycle

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from npair_viz import NPairLoss, NPairWarning, train_and_watch

INPUTS, LABELS = torch.randn(60, 4, generator=torch.Generator().manual_seed(1)), torch.arange(60) % 6


def parts() -> dict:
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(INPUTS, LABELS), batch_size=20)
    return {"model": model, "optimizer": optimizer, "loader": loader, "loss": NPairLoss(tao=0.3)}


def test_the_model_learns_as_in_a_plain_loop() -> None:
    own = parts()
    monitor = train_and_watch(**own, steps=25, every=5, validation=(INPUTS, LABELS), name="it")
    plain = parts()
    for step in range(25):
        if step % 3 == 0:
            batches = iter(plain["loader"])
        plain["optimizer"].zero_grad()
        inputs, labels = next(batches)
        plain["loss"](plain["model"](inputs), labels).backward()
        plain["optimizer"].step()
    assert all(map(torch.equal, own["model"].parameters(), plain["model"].parameters()))
    assert [row["step"] for row in monitor.rows] == [0, 5, 10, 15, 20]
    assert monitor.metrics()["it/sample_rows"] == 60
    assert monitor.error is None


def test_an_interrupt_returns_what_was_kept() -> None:
    class Interrupted(nn.Linear):
        calls = 0

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            if self.calls > 7:
                raise KeyboardInterrupt
            return super().forward(rows)

    model = Interrupted(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monitor = train_and_watch(model=model, optimizer=optimizer, loader=[(INPUTS, LABELS)], loss=NPairLoss(), every=2)
    assert monitor.step == 7
    assert len(monitor.rows) == 4


class Once:
    """A loader that is empty when it is begun again."""

    def __init__(self) -> None:
        self.batches = iter([(INPUTS, LABELS)] * 3)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return self.batches


def test_a_loader_that_ends_for_good_is_told_of() -> None:
    with pytest.raises(ValueError, match="loader must give batches again and again, got none"):
        train_and_watch(**parts() | {"loader": Once()}, steps=9)


def test_an_exception_of_the_loop_has_the_monitor_and_says_so() -> None:
    with pytest.raises(ValueError, match="got none") as raised:
        train_and_watch(**parts() | {"loader": Once()}, steps=9, every=1)
    monitor = raised.value.monitor
    assert [row["step"] for row in monitor.rows] == [0, 1, 2]
    (note,) = raised.value.__notes__
    assert note.startswith("The monitor of the 3 steps before is this exception's `monitor`: sys.last_value.monitor")


def test_an_iterator_is_a_loader_as_long_as_it_gives_batches() -> None:
    with pytest.warns(NPairWarning, match="loader ended after 3 batches, .* list_iterator can't be begun again"):
        monitor = train_and_watch(**parts() | {"loader": iter([(INPUTS, LABELS)] * 3)}, steps=9, every=1)
    assert monitor.step == 3
    assert train_and_watch(**parts() | {"loader": cycle([(INPUTS, LABELS)])}, steps=9).step == 9


WRONG = {
    "model must be a torch.nn.Module, got NoneType: it embeds": {"model": None},
    "loss must be an NPairLoss, got NoneType: use NPairLoss": {"loss": None},
    r"optimizer must be one of torch.optim, got NoneType: use torch.optim.Adam\(\[\*model": {"optimizer": None},
    r"loader must give batches \(inputs, labels\), got NoneType: give a DataLoader": {"loader": None},
    r"^validation must be \(inputs, labels\) or \(inputs, inputs\), got Tensor": {"validation": INPUTS},
    "^validation must have one label or partner a row, got 60 rows and 7": {"validation": (INPUTS, LABELS[:7])},
    "^validation's second part must be integer labels": {"validation": (INPUTS, LABELS.float())},
}


@pytest.mark.parametrize("told", WRONG)
def test_a_wrong_part_is_told_of_before_the_first_step(told: str) -> None:
    own = parts() | WRONG[told]
    weights = None if own["model"] is None else [one.clone() for one in own["model"].parameters()]
    with pytest.raises((TypeError, ValueError), match=told):
        train_and_watch(**own, steps=4)
    assert weights is None or all(map(torch.equal, weights, own["model"].parameters()))
    assert own["loss"] is None or own["loss"]._watcher is None


BATCHES = {
    "got a dict of x, y: let the DataLoader's collate_fn": {"x": INPUTS, "y": LABELS},
    "got a tuple of 3: ": (INPUTS, LABELS, LABELS),
    "got a Tensor: ": INPUTS[:2],
}


@pytest.mark.parametrize("told", BATCHES)
def test_a_batch_that_is_no_pair_is_told_of(told: str) -> None:
    with pytest.raises(TypeError, match=r"loader must give batches \(inputs, labels\), " + told):
        train_and_watch(**parts() | {"loader": [BATCHES[told]]}, steps=2)


def test_what_is_missing_or_unknown_is_named() -> None:
    own = parts()
    del own["loader"]
    with pytest.raises(TypeError, match="look at epochs, loader"):
        train_and_watch(**own, epochs=3)
    with pytest.raises(TypeError, match="model must come without inputs"):
        train_and_watch(INPUTS, LABELS, **parts())


def test_another_loss_is_refused_with_a_way_to_watch_it() -> None:
    with pytest.raises(TypeError, match=r"loss must be an NPairLoss, got CrossEntropyLoss: .* monitor = watch\(\)"):
        train_and_watch(**parts() | {"loss": nn.CrossEntropyLoss()})
