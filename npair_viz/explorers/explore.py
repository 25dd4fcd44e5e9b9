"""`explore`: a scene or a few pairs as marks, many rows as a cloud."""

from typing import TYPE_CHECKING, Any, Literal, overload

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
    from npair_viz.explorers.pairs.explorer import Explorer


@overload
def explore(scene_or_embeddings: str = "line-up", labels: None = None, **settings: Any) -> "Explorer": ...
@overload
def explore(
    scene_or_embeddings: object, labels: object = None, *, picture: Literal["pairs"], **settings: Any
) -> "Explorer": ...
@overload
def explore(
    scene_or_embeddings: object = "line-up", labels: object = None, **settings: Any
) -> "Explorer | EmbeddingExplorer": ...
def explore(
    scene_or_embeddings: object = "line-up",
    labels: object = None,
    *,
    anchors: object = None,
    positives: object = None,
    texts: object = None,
    images: object = None,
    class_names: tuple[str, ...] | None = None,
    columns: object = None,
    picture: str | None = None,
    level: int = 2,
    hide: tuple[str, ...] = (),
    lock: tuple[str, ...] = (),
    task: str = "",
    present: bool = False,
    **settings: Any,
) -> "Explorer | EmbeddingExplorer":
    """Open an explorer on a named scene, on your own pairs, or on your own embeddings with their labels.

    A scene opens as a picture of its pairs, in any dimension; data do where they are at most 64 pairs, given as pairs
    or as two rows of each class. Other data open as a cloud of all rows: click any row to see its line-up.

    Args:
        scene_or_embeddings: A scene's name, "line-up" by default; a scene or pairs, such as `load` returns; your
            embeddings (b, d), a tensor, an array, a data frame or a list of rows; or what `compare` found, whose rows
            move from before to after.
        labels: (b,) whole numbers or words with embeddings, or the name of the data frame's column that holds them, by
            default its column label, target or class; with pairs (n,), by default one class a pair.
        anchors: (n, d), your own pairs in place of embeddings.
        positives: (n, d), row i is the partner of row i of the anchors.
        texts: One text a row, or the name of the data frame's column, by default that of words; of pairs the anchors'
            and the positives'.
        images: (b, h, w), grey pictures of the rows, from 0 to 1.
        class_names: The word for label i is the i-th; by default the words among the labels.
        columns: Of a cloud, what else is known of each row, to colour by: a data frame or a dictionary of lists.
        picture: "pairs" or "cloud", whatever the data are; of many classes "pairs" shows the first 10, and says so.
        level: 1 for beginners, without Play, lengths, l2_reg and drawers; 2 for lessons; 3 opens with free
            lengths, l2_reg = 0.02 and the phase map, and lets l2_reg be changed on the sphere too.
        hide: Parts to leave out: scene, selected, tao, l2_reg, free, surface, undo, redo, reset, play, step, speed,
            point, place, present, side (bars and ruler), legend, progress, task, sentence, status, invitation, why
            (words beside a control without effect), best, copy, save, shares, loss so far, loss over tao, phase map,
            landscape, settings, objective, policy, n_classes, seed, dtype, view, same; of a cloud search and list, too.
            Names of several parts: knobs, history, move, drawers, more.
        lock: Controls to disable, by the same names; "move" means that no hand moves a point, by pointer, keys or
            the box for places: Play and its steps still do unless "play" is locked too.
        task: A line above the picture.
        present: Whether to open in present mode, for a projector: large, black on white, the last act in words, code
            cells hidden.
        settings: tao (0.5; at NPairLoss's own 1.0 four points on a circle show little); l2_reg; surface ("sphere",
            "plane", where lengths are free); normalize, whether the loss divides by lengths, which follows surface;
            objective ("mc", "ovo"); selected (the number of the pair, from 0, not its class) and point ("anchor",
            "positive"), whose forces are drawn; landscape (colours for the loss at every other place of that point);
            drawer ("shares", "loss so far", "loss over tao", "phase map", "settings"); view ("anchor plane",
            "principal axes") of more than three dimensions; same (classes that are one in truth); dtype; to choose
            pairs: policy ("first", "hardest", "random"), n_classes (at most 64), seed. A state that was kept by
            `explorer.state.to_json()` is such settings. Of a cloud: row (the anchor; by default the one with the
            largest loss), tao (0.1), l2_reg, normalize, objective, policy and n_classes (the batch: one pair of each
            class, of all classes by default), seed, view (also "tour") and turn; selected_rows and only (whether
            nothing else is shown); colour ("roles", "class", "own loss", "disagreement" or a column) and coloured (the
            classes that have colours); hand (what a drag does) and listed (the list that is open); of a comparison
            moment (0 where rows were before, to 1), also listed "changes" and colour "move", "kept" or "change".

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
            scene_or_embeddings,
            labels,
            anchors=anchors,
            positives=positives,
            texts=texts,
            images=images,
            class_names=class_names,
            columns=columns,
            picture=picture,
            level=level,
            hide=hide,
            lock=lock,
            task=task,
            present=present,
            **settings,
        )
    replace_former(explorer)
    return explorer
