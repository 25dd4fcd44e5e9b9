"""docs/frameworks.md is true: with the real trainers a run is watched, a healthy one in peace, and a sick one is told.

Run `make packages` for the packages that are too heavy for `make test`, which runs what is installed.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from npair_viz import Monitor, npair_loss, watch
from tests.support.repository import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")  # other packages' own

TEXT = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
FIRST, TEXTS = "Watched in other trainers", "The trainer of sentence-transformers"
NEEDED = {
    "A loop of one's own, TensorBoard and a CSV": ["tensorboard", "pandas"],
    "Lightning": ["lightning"],
    "The trainer of pytorch-metric-learning": ["pytorch_metric_learning"],
    TEXTS: ["sentence_transformers", "datasets", "accelerate"],
}


START, SOON = 100, 50  # the step of a fault, and within how many steps it is to be told


class Fault:
    """A forward hook by which an encoder is sick from step START on.

    Args:
        kind: "collapse", "gap" (of the second of two calls a step) or "NaN".
        calls: How often the encoder is called in a step.
    """

    def __init__(self, kind: str, calls: int = 1) -> None:
        self.kind, self.calls, self.count = kind, calls, 0

    def __call__(self, module: nn.Module, given: Any, found: Any) -> Any:
        step, call = divmod(self.count, self.calls)
        self.count += 1
        if step < START:
            return found
        if isinstance(found, dict):
            return {**found, "sentence_embedding": self.spoilt(found["sentence_embedding"], step, call)}
        return self.spoilt(found, step, call)

    def spoilt(self, rows: Tensor, step: int, call: int) -> Tensor:
        if self.kind == "collapse":
            return rows.detach()[:1] + 1e-3 * rows
        if self.kind == "gap":
            away = rows.new_ones(rows.shape[1]) * rows.detach().square().mean().sqrt()
            return rows + call * (step - START) / 10 * away
        return rows * torch.nan


def run(title: str, monkeypatch: pytest.MonkeyPatch, folder: Path, fault: str = "") -> Monitor:
    """The monitor of a section's example, in which the encoder may have a fault."""
    for package in NEEDED[title]:
        pytest.importorskip(package)
    monkeypatch.chdir(folder)
    torch.manual_seed(0)
    names: dict[str, Any] = {}
    for heading, block in blocks():
        if heading == FIRST:
            exec(compile(block, "docs/frameworks.md", "exec"), names)
            if fault:
                spoil(names, fault, title, monkeypatch)
        elif heading == title:
            exec(compile(block, f"docs/frameworks.md, {heading}", "exec"), names)
    monitor: Monitor = names["monitor"]
    return monitor


def spoil(names: dict[str, Any], fault: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each new encoder of the example a fault."""
    if title == TEXTS:
        modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
        build = modules.StaticEmbedding.__init__

        def sick(self: nn.Module, *args: Any, **settings: Any) -> None:
            build(self, *args, **settings)
            self.register_forward_hook(Fault(fault, calls=2))

        monkeypatch.setattr(modules.StaticEmbedding, "__init__", sick)
        return
    healthy = names["new_encoder"]

    def new_encoder() -> nn.Module:
        encoder: nn.Module = healthy()
        encoder.register_forward_hook(Fault(fault))
        return encoder

    names["new_encoder"] = new_encoder


def blocks() -> list[tuple[str, str]]:
    found = []
    for part in re.split(r"^#+ ", TEXT, flags=re.MULTILINE)[1:]:
        heading = part.partition("\n")[0]
        found += [(heading, block) for block in re.findall(r"^```python\n(.*?)^```", part, re.MULTILINE | re.DOTALL)]
    return found


def test_every_section_of_the_page_is_run_here() -> None:
    assert [heading for heading, _ in blocks()] == [FIRST, *NEEDED]


@pytest.mark.parametrize("title", NEEDED)
def test_a_healthy_run_is_watched_in_peace(title: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monitor = run(title, monkeypatch, tmp_path)
    assert monitor.error is None
    assert monitor.alerts == []
    assert [row["step"] for row in monitor.rows] == list(range(0, 200, 10))
    assert monitor.rows[-1]["loss"] < 0.6 * monitor.rows[0]["loss"]
    assert monitor.metrics()["loss"] == monitor.rows[-1]["loss"]


def is_told(monitor: Monitor, name: str) -> bool:
    """Whether the first alert is of this kind, and comes soon after the fault."""
    first = monitor.alerts[0]
    return bool(first.name == name and START <= first.step <= START + SOON)


@pytest.mark.parametrize("title", NEEDED)
@pytest.mark.parametrize(("fault", "name"), [("collapse", "collapse"), ("NaN", "nan")])
def test_a_fault_is_told_within_fifty_steps(
    title: str, fault: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert is_told(run(title, monkeypatch, tmp_path, fault), name)


def test_a_gap_that_grows_between_texts_is_told_within_fifty_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert is_told(run(TEXTS, monkeypatch, tmp_path, "gap"), "gap")


def two_towers() -> tuple[nn.Module, Any]:
    """An encoder of two views whose second drifts away, and the loss of a step of it."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 16))
    encoder.register_forward_hook(Fault("gap", calls=2))
    centres = torch.randn(200, 32)

    def rows() -> tuple[Tensor, ...]:
        chosen = centres[torch.randperm(200)[:64]]
        return tuple(normalize(encoder(chosen + 0.3 * torch.randn_like(chosen)), dim=1) for _ in range(2))

    return encoder, rows


def test_a_gap_that_grows_in_a_plain_loop_is_told_within_fifty_steps() -> None:
    encoder, rows = two_towers()
    optimizer, monitor = torch.optim.Adam(encoder.parameters(), lr=1e-3), watch(every=10)
    for _ in range(START + SOON + 1):
        anchors, positives = rows()
        monitor(anchors, positives, tao=0.1)
        optimizer.zero_grad()
        npair_loss(anchors, positives, tao=0.1).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()
    assert is_told(monitor, "gap")


def test_a_gap_that_grows_in_lightning_is_told_within_fifty_steps() -> None:
    lightning: Any = pytest.importorskip("lightning")
    parent: Any = lightning.LightningModule
    encoder, rows = two_towers()
    monitor = watch(every=10)

    class Towers(parent):  # type: ignore[misc]  # known where the package is
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def training_step(self, batch: Tensor, _: int) -> Tensor:
            anchors, positives = rows()
            monitor(anchors, positives, tao=0.1)
            return npair_loss(anchors, positives, tao=0.1)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    trainer = lightning.Trainer(
        max_steps=START + SOON + 1, logger=False, enable_checkpointing=False, enable_progress_bar=False
    )
    trainer.fit(Towers(), torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.zeros(400))))
    assert is_told(monitor, "gap")
