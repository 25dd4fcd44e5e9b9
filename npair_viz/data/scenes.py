"""Scenes to explore: small ones with a name, seeded ones, real handwritten digits, and a person's own data.

>>> from npair_viz import scenes
>>> scene = scenes.named("line-up")
>>> scene.question, scene.n, scene.dimension
('Who is my partner?', 4, 2)
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_images, as_rows, named_classes
from npair_viz.data.contents import contents_of
from npair_viz.data.pairs import Pairs
from npair_viz.data.scene import Scene, seeded_generator
from npair_viz.linalg import unit_rows
from npair_viz.optional_imports import needed_for
from npair_viz.validation import check_count, check_pairs


def of_pairs(name: str, question: str, anchors: Tensor, positives: Tensor, classes: Sequence[int]) -> Scene:
    """A paired scene of one's own pairs.

    Args:
        name: What it is called.
        question: What one may ask of the picture.
        anchors: (n, d).
        positives: (n, d), row i is the partner of row i of the anchors.
        classes: The n classes of the pairs.

    Raises:
        ValueError: positives or classes do not fit the anchors.
        TypeError: anchors or positives are no floating-point tensors.

    >>> of_pairs("mine", "Who is close to whom?", torch.eye(2), torch.eye(2), [3, 8]).labels.tolist()
    [3, 8, 3, 8]
    """
    check_pairs(anchors, positives)
    if len(classes) != len(anchors):
        raise ValueError(f"classes must name each of the {len(anchors)} pairs, got {len(classes)} names")
    embeddings = torch.cat([anchors, positives])
    labels = torch.tensor(list(classes) * 2, dtype=torch.int64, device="cpu")
    return Scene(name, question, embeddings, labels, rows=torch.arange(len(labels), device="cpu"), is_paired=True)


def at_degrees(*degrees: float) -> Tensor:
    """Points of the unit circle, (n, 2) float64, at angles in degrees, counterclockwise from (1, 0).

    >>> at_degrees(0, 90).round(decimals=3)
    tensor([[1., 0.],
            [0., 1.]], dtype=torch.float64)
    """
    radians = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64, device="cpu"))
    return torch.stack([radians.cos(), radians.sin()], dim=1)


def circle(n_classes: int = 4, seed: int = 0) -> Scene:
    """Random anchors on the unit circle; the angle from an anchor to its positive is normal, σ = 30 degrees.

    >>> circle(n_classes=3).classes
    (0, 1, 2)
    """
    points = _on_circle(n_classes, seeded_generator(seed))
    return of_pairs("circle", "A random batch: who picks whom?", points[0], points[1], range(n_classes))


def plane(n_classes: int = 4, seed: int = 0) -> Scene:
    """The seeded circle, each point at a random length from 0.5 to 1.5: a start for the loss of raw vectors.

    >>> plane().is_raw
    True
    """
    generator = seeded_generator(seed)
    points = _on_circle(n_classes, generator)
    points = points * (0.5 + torch.rand(2, n_classes, 1, generator=generator, dtype=torch.float64, device="cpu"))
    scene = of_pairs("plane", "Lengths are free: what holds them?", points[0], points[1], range(n_classes))
    return replace(scene, is_raw=True)


def sphere(n_classes: int = 4, seed: int = 0) -> Scene:
    """Random anchors on the unit sphere; a positive is its anchor plus normal noise, σ = 0.5, put on the sphere.

    >>> sphere(n_classes=5).embeddings.shape
    torch.Size([10, 3])
    """
    check_count("n_classes", n_classes)
    drawn = torch.randn(2, n_classes, 3, generator=seeded_generator(seed), dtype=torch.float64, device="cpu")
    anchors = unit_rows(drawn[0])
    positives = unit_rows(anchors + 0.5 * drawn[1])
    return of_pairs("sphere", "One dimension more: how low can the loss go?", anchors, positives, range(n_classes))


def digits() -> Scene:
    """The 1,797 handwritten digits that scikit-learn bundles: 64 pixels each as one unit vector, with their images.

    Returns:
        A scene of 1,797 rows of 64 numbers, float64, images from 0 to 1; it is not paired.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Source: scikit-learn's `load_digits`, a copy of the test set of the UCI optical digits.

    >>> digits().embeddings.shape
    torch.Size([1797, 64])
    """
    with needed_for("pixels"):
        from sklearn.datasets import load_digits
    data = load_digits()
    rows, images = unit_rows(torch.from_numpy(data.data)), torch.from_numpy(data.images) / 16
    question = "Real digits, no training: is a low loss the same as a good picture?"
    return Scene("pixels", question, rows, torch.from_numpy(data.target), images=images)


def from_data(
    embeddings: object,
    labels: object = None,
    *,
    images: object = None,
    class_names: tuple[str, ...] | None = None,
    texts: object = None,
) -> Scene:
    """A scene of a person's own embeddings and labels.

    Args:
        embeddings: (b, d) as a tensor, an array, a data frame or a list of rows. Floats of at most 32 bits are kept as
            float32, so that a million rows fit into memory; pairs of them are float64. Of a data frame the columns of
            labels, row numbers and words are no embeddings; a column of lists is.
        labels: (b,) whole numbers or words as a tensor, an array, a series, categories or a list; or the name of the
            data frame's column of labels, by default the one whose name says so.
        images: (b, h, w), grey pictures of the rows, from 0 to 1.
        class_names: The word for label i is the i-th; by default the words among the labels.
        texts: One text a row; or the name of the data frame's column of texts, by default one that holds words.

    Returns:
        The scene "yours", not paired.

    Raises:
        ValueError: Shapes are wrong or do not fit, rows are not finite, a label is missing, or no class has two rows.
        TypeError: embeddings are no real numbers, or labels are missing.

    >>> from_data([[1, 0], [0, 1], [1, 1]], ["dog", "dog", "cat"]).class_names
    ('cat', 'dog')
    """
    held = contents_of(embeddings, labels, images=images, class_names=class_names, texts=texts)
    if held.is_paired:
        raise TypeError("embeddings must be rows with labels, got pairs: use explore(anchors=a, positives=p)")
    held.check_labels()
    points = as_rows("embeddings", held.rows)
    classes, words = named_classes("labels", held.labels)
    if len(points) != len(classes):
        raise ValueError(f"labels must have one entry a row of embeddings, {len(points)} in all, got {len(classes)}")
    pictures = None if held.images is None else as_images("images", held.images, len(points))
    names = words or held.class_names
    question = "Your own embeddings."
    scene = Scene("yours", question, points, classes, pictures, class_names=names, texts=held.texts)
    if scene.n_classes == 0:
        raise ValueError(
            f"a pair needs two rows of one class, and each of the {len(classes)} rows has a class of its own: "
            "bring more rows of a class, or check that labels are classes and not row numbers"
        )
    return scene


def from_pairs(pairs: Pairs) -> Scene:
    """The paired scene "yours" of a person's own pairs; without labels each pair is a class of its own.

    >>> from_pairs(Pairs([[1, 0], [0, 1]], [[1, 1], [0, 2]])).classes
    (0, 1)
    """
    classes = list(range(pairs.n)) if pairs.labels is None else pairs.labels.tolist()
    scene = of_pairs("yours", "Your own pairs.", pairs.anchors.double(), pairs.positives.double(), classes)
    texts = None if pairs.texts is None else (*pairs.texts[0], *pairs.texts[1])
    return replace(scene, class_names=pairs.class_names, texts=texts)


def named(name: str, *, n_classes: int | None = None, seed: int = 0) -> Scene:
    """The scene of that name.

    Args:
        name: One of NAMES.
        n_classes: The number of classes of a seeded scene, 4 unless given, and the most that a small one keeps. Real
            data keep all their rows: `paired` limits them.
        seed: What a seeded scene is drawn from.

    Returns:
        The scene; all but real data are paired.

    Raises:
        ValueError: No scene has that name (the message lists them), n_classes is below 1, or seed is negative.
        TypeError: n_classes or seed is no int.
        ModuleNotFoundError: "pixels" needs scikit-learn.

    >>> named("line-up").classes
    (3, 8, 0, 1)
    """
    if name not in NAMES:
        raise ValueError(f"no scene is called {name!r}: choose one of {', '.join(NAMES)}")
    if name in SEEDED:
        return SEEDED[name](4 if n_classes is None else n_classes, seed)
    scene = FIXED[name]()
    return scene.paired(n_classes=n_classes) if scene.is_paired else scene


def _hand_made(name: str, question: str, anchors: Sequence[float], positives: Sequence[float]) -> Callable[[], Scene]:
    classes = (3, 8, 0, 1)[: len(anchors)]
    return lambda: of_pairs(name, question, at_degrees(*anchors), at_degrees(*positives), classes)


def _globe() -> Scene:
    heights = torch.tensor([0.2, -0.2, 0.2, -0.2] * 2, dtype=torch.float64, device="cpu").unsqueeze(1)
    flat = FIXED["line-up"]()
    lifted = torch.cat([flat.embeddings * math.sqrt(1 - 0.2**2), heights], dim=1)
    question = "The line-up, lifted off the plane: does one more dimension help?"
    return replace(flat, name="globe", question=question, embeddings=lifted)


# Degrees of the anchors, then of the positives.
FIXED: dict[str, Callable[[], Scene]] = {
    "line-up": _hand_made("line-up", "Who is my partner?", (90, 20, 200, 300), (140, 60, 215, 285)),
    "pixels": digits,
    "tidy": _hand_made("tidy", "The mistake is mended: what does tao do now?", (90, 20, 200, 300), (100, 60, 215, 285)),
    "twin": _hand_made("twin", "A negative that is none: who suffers?", (90, 20, 200, 300), (100, 92, 215, 285)),
    "heap": _hand_made("heap", "All in one place: where does the force come from?", (90,) * 4, (90,) * 4),
    "loose heap": _hand_made("loose heap", "Nearly one place: is that enough?", (90, 91, 89, 90.5), (90.5, 90, 91, 89)),
    "one pair": _hand_made("one pair", "One pair alone: what is there to learn?", (90,), (140,)),
    "globe": _globe,
}
SEEDED: dict[str, Callable[[int, int], Scene]] = {"circle": circle, "plane": plane, "sphere": sphere}
NAMES = (*FIXED, *SEEDED)
REAL = ("pixels",)  # data that take a while to load


def _on_circle(n_classes: int, generator: torch.Generator) -> Tensor:
    """Anchors and positives, (2, n, 2)."""
    check_count("n_classes", n_classes)
    anchors = 360 * torch.rand(n_classes, generator=generator, dtype=torch.float64, device="cpu")
    positives = anchors + 30 * torch.randn(n_classes, generator=generator, dtype=torch.float64, device="cpu")
    return torch.stack([at_degrees(*anchors.tolist()), at_degrees(*positives.tolist())])
