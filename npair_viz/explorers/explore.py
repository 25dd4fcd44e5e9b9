"""Open an explorer: a scene or pairs as marks, many rows as a cloud."""

from typing import TYPE_CHECKING, Any, overload

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
    from npair_viz.explorers.pairs.explorer import Explorer


@overload
def explore(scene_or_embeddings: str = "line-up", labels: None = None, **settings: Any) -> "Explorer": ...
@overload
def explore(scene_or_embeddings: object, labels: object = None, **settings: Any) -> "Explorer | EmbeddingExplorer": ...
def explore(
    scene_or_embeddings: object = "line-up",
    labels: object = None,
    *,
    level: int = 2,
    hide: tuple[str, ...] = (),
    lock: tuple[str, ...] = (),
    task: str = "",
    present: bool = False,
    **settings: Any,
) -> "Explorer | EmbeddingExplorer":
    """Open an explorer on a scene by its name, or on your own embeddings (b, d) with their labels (b,).

    More than 128 rows open as a cloud: click any of them to see its line-up. Its settings: row, the anchor (at first
    the one with the largest loss), tao (0.1), l2_reg, normalize, objective, policy and n_classes (which pairs form the
    batch: one of each class, all classes unless given), seed, view ("anchor plane", "principal axes", "tour"), turn;
    and present=True, for a projector. The rest of this text is about scenes, and about fewer rows.

    level: 1 for a first meeting, without Play, lengths, l2_reg and More; 2 for a lesson; 3 opens with free lengths,
    l2_reg = 0.02 and the phase map, and leaves l2_reg live on the circle too. task: a line above the picture.
    present: open in present mode, for a projector: large, black on white, the last act in words, code cells hidden.
    hide, lock: controls to leave out or to hold still: scene, selected, normalize, history, play, move, tao, l2_reg,
    more and its drawers, each by its name, and objective, policy, n_classes, seed, dtype, view, same.
    settings: tao, l2_reg, normalize, objective ("mc", "ovo"), selected (the number of the pair, from 0, not its class),
    drawer ("shares", "loss over tao", "landscape", "phase map", "settings"), view ("anchor plane", "principal axes"),
    same (classes that are one in truth), dtype; which pairs of the data: policy ("first", "hardest", "random"),
    n_classes (at most 64; of data the first 10 unless given), seed.
    tao starts at 0.5 and not at the class's own 1.0, since four points on a circle leave little to see there.
    Errors: ValueError or TypeError that says what is wrong with the data or the setting; ModuleNotFoundError that says
    what to install.

    >>> explore("tidy", tao=0.05).reading.names
    ('3', '8', '0', '1')
    """
    with said_that_torch_starts(), needed_for("explore"):
        from npair_viz.explorers.opening import opened

    explorer = opened(
        scene_or_embeddings, labels, level=level, hide=hide, lock=lock, task=task, present=present, **settings
    )
    replace_former(explorer)
    return explorer
