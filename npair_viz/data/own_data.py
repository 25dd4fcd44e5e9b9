"""A person's own data as a scene or as pairs, checked."""

from typing import Any

from npair_viz.data.contents import Contents, contents_of
from npair_viz.data.pairs import Pairs
from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data


def as_scene_or_pairs(
    given: Any = None,
    labels: Any = None,
    *,
    anchors: Any = None,
    positives: Any = None,
    texts: Any = None,
    images: Any = None,
    class_names: tuple[str, ...] | None = None,
) -> Scene | Pairs:
    """What a person holds, in any form, as a scene or as pairs; a scene or pairs alone stay what they are.

    Arguments as in `contents_of`.

    Raises:
        ValueError: Shapes are wrong or do not fit, rows are not finite, or no class has two rows.
        TypeError: Rows are no real numbers, or labels neither whole numbers nor words.

    >>> as_scene_or_pairs([[1, 0], [0, 1]], ["cat", "cat"]).class_names
    ('cat',)
    """
    more = {"anchors": anchors, "positives": positives, "texts": texts, "images": images, "class_names": class_names}
    if isinstance(given, Scene | Pairs) and labels is None and all(one is None for one in more.values()):
        return given
    return checked(contents_of(given, labels, **more))


def checked(held: Contents) -> Scene | Pairs:
    """The scene or the pairs of what was taken apart.

    Errors: as in `as_scene_or_pairs`.
    """
    if held.is_paired and (held.anchors is None or held.positives is None):
        missing = "anchors" if held.anchors is None else "positives"
        raise TypeError(f"pairs need both sides, {missing} are missing: anchors=a, positives=p")
    if held.is_paired:
        return Pairs(held.anchors, held.positives, held.labels, held.texts, held.class_names)
    held.check_labels()
    return from_data(held.rows, held.labels, images=held.images, class_names=held.class_names, texts=held.texts)
