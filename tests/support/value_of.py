"""What tests read by its name: the readings of experiments.json."""

import torch

SIDES = {"a": {"pull": "pull", "net": "on_anchors"}, "p": {"pull": "pull_on_positives", "net": "on_positives"}}
OF_ALL = {
    "loss": lambda reading: reading.loss,
    "floor": lambda reading: reading.ruler.floor,
    "chance": lambda reading: reading.ruler.chance,
    "mean norm": lambda reading: float(reading.norms.mean()),
    "right": lambda reading: sum(picked(reading, i) == i for i in range(reading.n)),
}
OF_SOME = {
    "loss of": lambda reading, i: float(reading.losses[i]),
    "share": lambda reading, i, j: float(reading.forces.weights[i, j]),
    "share of push": lambda reading, i, j: float(reading.push_shares[i, j]),
    "effective negatives": lambda reading, i: float(reading.effective[i]),
    "push from": lambda reading, i, j: float(torch.linalg.vector_norm(reading.forces.push_from(i)[j])),
    "pick": lambda reading, i: reading.names[picked(reading, i)],
}


def value_of(reading, name, *of):
    """One number or word of a reading; of classes by their names, of a point maybe along an axis x, y, z."""
    if name.endswith(" on"):
        return force(reading, name.removesuffix(" on"), *of)
    return {**OF_ALL, **OF_SOME}[name](reading, *map(reading.names.index, of))


def picked(reading, i):
    return int(reading.forces.similarities[i].argmax())


def force(reading, kind, point, axis=None):
    side, pair = SIDES[point[0]], reading.names.index(point[1:])
    way = getattr(reading.forces, side[kind])[pair]
    way = -way if kind == "net" else way
    return float(torch.linalg.vector_norm(way) if axis is None else way["xyz".index(axis)])
