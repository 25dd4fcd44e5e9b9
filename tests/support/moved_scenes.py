"""Named scenes with some points elsewhere."""

from npair_viz.data.scenes import at_degrees, named

CLASSES = {3: 0, 8: 1, 0: 2, 1: 3}


def put(name="line-up", **degrees):
    """A scene with some points elsewhere: put(a3=138) or put(p8=20)."""
    scene = named(name)
    anchors, positives = scene.anchors.clone(), scene.positives.clone()
    for point, angle in degrees.items():
        rows = anchors if point[0] == "a" else positives
        rows[CLASSES[int(point[1:])]] = at_degrees(angle)[0]
    return scene.moved(anchors, positives)
