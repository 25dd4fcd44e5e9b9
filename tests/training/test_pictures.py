"""Which rows a picture shows without a sample: means of classes that come again."""

import torch

from npair_viz.training.pictures import Means, means_with, picture_of, sides_of


def batch(*classes: int, value: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Pairs whose anchors are `value` and whose positives 3 · `value` times their class."""
    ids = torch.tensor(classes)
    anchors = value * ids.double().unsqueeze(1).expand(-1, 2)
    return torch.cat([anchors, 3 * anchors]), ids


def after(*batches: tuple[torch.Tensor, torch.Tensor]) -> Means:
    means = None
    for rows, classes in batches:
        means = means_with(means, rows, classes)
    assert means is not None
    return means


def test_a_mean_is_of_all_rows_of_a_class() -> None:
    found = after(batch(5, 2, 5))
    assert found.classes.tolist() == [2, 5]
    assert found.rows.tolist() == [[4.0, 4.0], [10.0, 10.0]]
    assert found.are_followed is None


def test_classes_that_come_again_are_followed_and_those_that_are_missing_stay() -> None:
    found = after(batch(5, 2), batch(2, 9, value=2.0), batch(9, 77, value=3.0))
    assert found.are_followed
    assert found.classes.tolist() == [2, 5, 9]
    assert found.rows[:, 0].tolist() == [8.0, 10.0, 54.0]


def test_classes_that_never_come_again_are_not_followed() -> None:
    assert not after(batch(1, 2, 3, 4, 5), batch(6, 7, 8, 9, 10)).are_followed


def test_as_many_classes_are_followed_as_a_picture_holds() -> None:
    found = after(batch(*range(200)), batch(*range(100, 400), value=2.0), batch(*range(400), value=3.0))
    assert len(found.classes) == 256
    assert found.classes.tolist() == sorted(found.classes.tolist())
    assert torch.equal(found.rows[:, 0], 6.0 * found.classes)


def test_a_picture_holds_what_its_plane_shows() -> None:
    rows, classes = batch(1, 2)
    picture, plane = picture_of(7, rows, classes.repeat(2), sides_of(2), None, same_rows=False)
    assert torch.equal(picture.places, plane.project(rows).float())
    assert (picture.step, picture.held, picture.sides.tolist()) == (7, 1.0, [0, 0, 1, 1])
