"""`explore`: a scene or a few pairs as marks, many rows as a cloud."""

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
    """Open an explorer on a named scene, or on your own embeddings with their labels.

    More than 128 rows open as a cloud: click any row to see its line-up. For a cloud `settings` are: row (the anchor;
    by default the one with the largest loss), tao (0.1), l2_reg, normalize, objective, policy and n_classes (the batch:
    one pair of each class, of all classes by default), seed, view ("anchor plane", "principal axes", "tour") and turn.

    Args:
        scene_or_embeddings: A scene's name, a scene, or your embeddings (b, d).
        labels: (b,) integers, with embeddings only.
        level: 1 for beginners, without Play, lengths, l2_reg and More; 2 for lessons; 3 opens with free lengths,
            l2_reg = 0.02 and the phase map, and lets l2_reg be changed on the circle too.
        hide: Controls to leave out: scene, selected, normalize, history, play, move, tao, l2_reg, more and its drawers
            by their names, objective, policy, n_classes, seed, dtype, view, same.
        lock: Controls to disable, by the same names.
        task: A line above the picture.
        present: Whether to open in present mode, for a projector: large, black on white, the last act in words, code
            cells hidden.
        settings: tao (0.5; at NPairLoss's own 1.0 four points on a circle show little), l2_reg, normalize, objective
            ("mc", "ovo"), selected (the number of the pair, from 0, not its class), drawer ("shares", "loss over tao",
            "landscape", "phase map", "settings"), view ("anchor plane", "principal axes"), same (classes that are one
            in truth), dtype; to choose pairs of your data: policy ("first", "hardest", "random"), n_classes (at most
            64; by default the first 10), seed.

    Returns:
        The explorer; a notebook shows it.

    Raises:
        ValueError: The data or a setting is wrong.
        TypeError: The data or a setting is of the wrong type, or a setting is unknown.
        ModuleNotFoundError: A package is missing; the message says what to install.

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
