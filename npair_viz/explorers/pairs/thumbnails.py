"""Small pictures of what the rows are: the chosen anchor's beside the heading, each candidate's beside its bar."""

from plotly import graph_objects as go

from npair_viz.figures.photos import picture_of
from npair_viz.geometry.reading import Reading

LINE_UP_BOTTOM, LINE_UP_TOP = 0.47, 0.9  # where the bars stand on the board


def update_thumbnails(figure: go.Figure, reading: Reading, candidates: list[int], lines: int) -> None:
    """Show the selected anchor and the positives of the candidates, a line each; nothing in a scene without images."""
    images = reading.scene.images
    if images is None or not candidates:
        if figure.layout.images:
            figure.layout.images = []
        return
    rows = [reading.selected, *(reading.n + j for j in candidates)]
    names = [
        f"{reading.scene.name} {row}"
        for row in (reading.scene.rows[rows].tolist() if reading.scene.rows is not None else rows)
    ]
    if [shown.name for shown in figure.layout.images] == names:
        return
    height = (LINE_UP_TOP - LINE_UP_BOTTOM) / lines
    places = [(0.9, 1.0, 0.1), *((0.535, LINE_UP_TOP - k * height, height) for k in range(len(candidates)))]
    figure.layout.images = [
        {"name": name, "source": picture_of(images[row]), "x": x, "y": y, "sizex": 0.045, "sizey": 0.85 * size}
        for name, row, (x, y, size) in zip(names, rows, places, strict=True)
    ]
