"""Worlds, data sets to train on: inputs with their classes, split so that some classes are never trained on.

>>> from npair_viz import worlds
>>> worlds.named("blends").question
'Does it find what tells classes apart, whichever they are?'
"""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Generator, Tensor

from npair_viz.data.as_tensors import as_rows, named_classes
from npair_viz.data.contents import contents_of
from npair_viz.data.scene import class_name
from npair_viz.data.scenes import digits as scene_of_digits
from npair_viz.validation import check_count, check_labels

SHOWN_CLASSES, SHOWN_ROWS = 5, 30  # a picture shows so many seen, so many unseen classes, and so many rows of each
MOST_MEASURED = 1000  # rows of unseen classes to measure retrieval on: with more it would take longer than training
CODE, NUISANCE, INPUTS = 8, 8, 64  # numbers a row that depend on its class, that do not, and of the encoder's input


@dataclass(frozen=True, eq=False)
class World:
    """A data set split by class.

    Attributes:
        name: What `named` calls it; "yours" for a person's own data.
        question: What one may ask of a training run on it.
        inputs: (b, k) float32, what the encoder is given.
        labels: (b,) int64.
        seen: The labels of the classes that are trained on.
        unseen: The labels of the classes that never are.
        class_names: The word for label i is the i-th; None where the data number their classes.

    >>> world = blends(n_classes=8, rows=3)
    >>> world.seen, world.unseen, len(world.measured)
    ((0, 3, 4, 7), (1, 2, 5, 6), 12)
    """

    name: str
    question: str
    inputs: Tensor
    labels: Tensor
    seen: tuple[int, ...]
    unseen: tuple[int, ...]
    class_names: tuple[str, ...] | None = None

    def class_name(self, label: int) -> str:
        """The name of a class on screen: its word, shortened, where the data have words, else its number."""
        return class_name(self.class_names, label)

    @cached_property
    def members(self) -> dict[int, Tensor]:
        """Row numbers of each class, seen or unseen, by its label."""
        return {one: (self.labels == one).nonzero().squeeze(1) for one in (*self.seen, *self.unseen)}

    @property
    def shown(self) -> Tensor:
        """Row numbers (m,) of a picture: the first 30 rows of each of the first 5 seen and 5 unseen classes."""
        classes = (*self.seen[:SHOWN_CLASSES], *self.unseen[:SHOWN_CLASSES])
        return torch.cat([self.members[one][:SHOWN_ROWS] for one in classes])

    @property
    def measured(self) -> Tensor:
        """Row numbers (m,) of the rows of unseen classes to measure retrieval on: all, or every k-th, at most 1,000."""
        rows = torch.cat([self.members[one] for one in self.unseen]).sort().values
        stride = -(-len(rows) // MOST_MEASURED)
        return rows[::stride]


def split_by_class(labels: Tensor, *, seed: int = 0) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Half of the classes to train on and the other half to test on, drawn from the seed.

    A class of one row gives no pair and can't be retrieved, so it is in neither half. Of an odd number of classes one
    more is seen.

    Args:
        labels: (b,) integers.
        seed: What the split is drawn from.

    Returns:
        The labels of the seen and of the unseen classes, each in ascending order.

    Raises:
        ValueError: Fewer than four classes have two rows, or seed is negative.
        TypeError: labels are no integer tensor, or seed is no int.

    Source: Sohn (2016), section 4: classes of the test are disjoint from those of the training.

    >>> split_by_class(torch.tensor([0, 0, 1, 1, 2, 2, 3, 3, 4]))
    ((0, 1), (2, 3))
    """
    check_labels("labels", labels)
    keys, counts = torch.unique(labels.cpu(), return_counts=True)
    usable = keys[counts >= 2]
    if len(usable) < 4:
        raise ValueError(
            f"a split by class needs four classes of two rows or more, got {len(usable)}: two to train, two to test"
        )
    drawn = usable[torch.randperm(len(usable), generator=_generator(seed), device="cpu")]
    half = (len(usable) + 1) // 2
    return tuple(drawn[:half].sort().values.tolist()), tuple(drawn[half:].sort().values.tolist())


def digits(seed: int = 0) -> World:
    """Handwritten digits, 8 × 8 pixels from 0 to 1: five of the ten, drawn from the seed, are never trained on.

    Args:
        seed: What the split is drawn from.

    Returns:
        A world of 1,797 rows of 64 inputs.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Source: scikit-learn's `load_digits`.

    >>> digits().inputs.shape
    torch.Size([1797, 64])
    """
    scene = scene_of_digits()
    assert scene.images is not None
    pixels = scene.images.flatten(start_dim=1).float()
    return of_classes("digits", "Does it tell digits apart that it has never met?", pixels, scene.labels, seed=seed)


def blends(seed: int = 0, *, n_classes: int = 128, rows: int = 20, nuisance: float = 2.0, noise: float = 0.1) -> World:
    """Synthetic classes, each row a mixture that hides its class: x = tanh(1.5·[code, nuisance·z] V) W + noise·ε.

    The code, eight numbers, is that of the class; z, eight more, is drawn anew for each row. An encoder that learns to
    ignore z is good on unseen classes too. Everything is drawn from the seed.

    Args:
        seed: What codes, z, V, W, ε and the split are drawn from, all normal.
        n_classes: The number of classes.
        rows: The number of rows a class.
        nuisance: The standard deviation of what does not depend on the class.
        noise: The standard deviation of the noise, before columns are scaled.

    Returns:
        A world of (n_classes·rows, 64) inputs, each column with mean 0 and standard deviation 1.

    Raises:
        ValueError: n_classes or rows is too small to split, or seed is negative.
        TypeError: n_classes, rows or seed is no int.

    >>> blends(n_classes=8, rows=3).inputs.shape
    torch.Size([24, 64])
    """
    check_count("n_classes", n_classes)
    check_count("rows", rows)
    generator = _generator(seed)
    labels = torch.arange(n_classes, device="cpu").repeat_interleave(rows)
    codes = _normal(generator, n_classes, CODE)[labels]
    hidden = torch.cat([codes, nuisance * _normal(generator, len(labels), NUISANCE)], dim=1)
    inner = _normal(generator, CODE + NUISANCE, 2 * INPUTS) / (CODE + NUISANCE) ** 0.5
    outer = _normal(generator, 2 * INPUTS, INPUTS) / (2 * INPUTS) ** 0.5
    inputs = (1.5 * hidden @ inner).tanh() @ outer
    inputs = inputs + noise * _normal(generator, len(labels), INPUTS)
    inputs = (inputs - inputs.mean(dim=0)) / inputs.std(dim=0)
    return of_classes("blends", "Does it find what tells classes apart, whichever they are?", inputs, labels, seed=seed)


def from_data(inputs: object, labels: object = None, *, seed: int = 0) -> World:
    """A world of a person's own inputs and labels.

    Args:
        inputs: (b, k) as a tensor, an array, a data frame or a list of rows; or a scene.
        labels: (b,) whole numbers or words as a tensor, an array, a series or a list; by default those of the scene or
            of the data frame.
        seed: What the split is drawn from.

    Returns:
        The world "yours".

    Raises:
        ValueError: Shapes are wrong or do not fit, rows are not finite, or fewer than four classes have two rows.
        TypeError: inputs are no real numbers, or labels are missing.

    >>> from_data(torch.eye(8).tolist(), [0, 0, 1, 1, 2, 2, 3, 3]).unseen
    (2, 3)
    """
    held = contents_of(inputs, labels)
    if held.is_paired:
        raise TypeError("inputs must be rows with labels, got pairs: an encoder is trained from the rows of a class")
    held.check_labels("inputs", "train_and_watch")
    rows, (classes, words) = as_rows("inputs", held.rows), named_classes("labels", held.labels)
    if len(rows) != len(classes):
        raise ValueError(f"labels must have one entry a row of inputs, {len(rows)} in all, got {len(classes)}")
    question = "Your own inputs: does it serve classes that it never met?"
    return replace(of_classes("yours", question, rows, classes, seed=seed), class_names=words or held.class_names)


def of_classes(name: str, question: str, inputs: Tensor, labels: Tensor, *, seed: int = 0) -> World:
    """A world of these inputs (b, k) and labels (b,), split by class; arguments as in `World` and `split_by_class`.

    >>> of_classes("mine", "Does it serve classes that it never met?", torch.eye(8), torch.arange(4).repeat(2)).seen
    (0, 1)
    """
    return World(name, question, inputs.float(), labels, *split_by_class(labels, seed=seed))


def named(name: str, seed: int = 0) -> World:
    """The world of that name.

    Args:
        name: One of WORLDS.
        seed: What it is drawn from.

    Returns:
        The world.

    Raises:
        ValueError: No world has that name (the message lists them), or seed is negative.
        TypeError: seed is no int.
        ModuleNotFoundError: "digits" needs scikit-learn.

    >>> named("blends").unseen[:4]
    (1, 3, 4, 5)
    """
    if name not in WORLDS:
        raise ValueError(f"no world is called {name!r}: choose one of {', '.join(WORLDS)}")
    return WORLDS[name](seed)


WORLDS = {"digits": digits, "blends": blends}


def _generator(seed: int) -> Generator:
    return Generator("cpu").manual_seed(check_count("seed", seed, least=0))


def _normal(generator: Generator, rows: int, columns: int) -> Tensor:
    return torch.randn(rows, columns, generator=generator, dtype=torch.float32, device="cpu")
