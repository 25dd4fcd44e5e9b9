"""What torch says of the stage's scenes: numbers, words and descents, as JSON for whoever computes them without it."""

import math
from itertools import combinations, product

import torch

from npair_viz.data.scenes import named
from npair_viz.geometry.missions import MISSIONS, as_json, hint_for, is_reached
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.point_descent import descend
from npair_viz.geometry.reading import true_labels
from npair_viz.stage.acts import rate
from npair_viz.stage.bases import base_of
from npair_viz.stage.draws import Draws
from npair_viz.stage.saved import state_from
from npair_viz.stage.scene_states import first_state, page_state, scenes_of_the_stage, state_of
from npair_viz.stage.state import State
from tests.support.saved_states import reading_of
from tests.support.sentence_edges import CHANGES, EDGES

TAOS = (0.01, 0.1, 0.5, 1.0, 100.0)
DRAWS = Draws()


def readings():
    for name, tao, objective, is_raw in product(scenes_of_the_stage(), TAOS, ("mc", "ovo"), (False, True)):
        surface, n = "plane" if is_raw else "sphere", len(scenes_of_the_stage()[name]["base"]["labels"]) // 2
        for selected, l2_reg in ((0, 0.0), (n - 1, 0.02)):
            settings = {"tao": tao, "objective": objective, "surface": surface, "normalize": not is_raw}
            state = first_state(name, DRAWS, selected=selected, l2_reg=l2_reg, **settings)
            yield answered(f"{name}, tao {tao}, {objective}, {surface}, l2_reg {l2_reg}, selected {selected}", state)
    for saved, said in EDGES:
        yield answered(f"an edge: {said}", state_from(saved, DRAWS))


def answered(name, state):
    """What torch says of a state; forces as the page has them, perhaps in the span of the rows."""
    reading, inside = DRAWS.reading(state), base_of(state, DRAWS).inside
    expected = {
        "loss": reading.loss,
        "onAnchors": inside(-reading.forces.on_anchors).tolist(),
        "onPositives": inside(-reading.forces.on_positives).tolist(),
        "pushShares": reading.push_shares.tolist(),
        "sentence": narrate(reading),
    }
    return {"name": name, "state": page_state(state, DRAWS), "expected": expected}


def acts():
    for name, (before, after) in product(scenes_of_the_stage(), product(TAOS, TAOS)):
        one, other = (first_state(name, DRAWS, tao=tao) for tao in (before, after))
        act = f"tao {before:.2f} → {after:.2f}"
        sentence = narrate(DRAWS.reading(other), DRAWS.reading(one), act)
        pages = {"before": page_state(one, DRAWS), "after": page_state(other, DRAWS)}
        yield {"name": f"{name}, {act}", **pages, "act": act, "sentence": sentence}
    for before, after, said in CHANGES:
        sentence = narrate(reading_of(after), reading_of(before), "act")
        yield {"name": f"an edge: {said}", "before": before, "after": after, "act": "act", "sentence": sentence}


def descents():
    cases = [("line-up", 0.5, 0.0, "mc", "sphere"), ("loose heap", 0.5, 0.0, "mc", "sphere")]
    cases += [("line-up", 0.01, 0.0, "mc", "sphere"), ("globe", 1.0, 0.0, "mc", "sphere")]
    cases += [("line-up", 0.5, 0.02, "mc", "plane"), ("plane", 0.5, 2.0, "mc", "plane")]
    cases += [("twin", 0.5, 0.0, "ovo", "sphere"), ("circle", 2.0, 9.0, "ovo", "plane")]
    for name, tao, l2_reg, objective, surface in cases:
        scene, is_held = named(name), surface == "sphere"
        settings = {"tao": tao, "l2_reg": l2_reg, "objective": objective, "normalize": is_held}
        lr = rate(State(scene=name, tao=tao, l2_reg=l2_reg, normalize=is_held), scene.n)
        end = descend(scene.anchors, scene.positives, steps=100, lr=lr, labels=true_labels(scene), **settings)
        yield {
            "name": f"{name}, tao {tao}, {objective}, {surface}, l2_reg {l2_reg}",
            "state": state_of(scene, surface=surface, **settings),
            "steps": 100,
            "lr": lr,
            "points": torch.cat([end.anchors, end.positives]).tolist(),
        }


def verdicts():
    """Every mission after any one of its points was moved, or one class was held to be another."""
    for name, mission in MISSIONS.items():
        start = state_of(named(mission.scene))
        turned = [
            [math.cos(math.radians(angle)), math.sin(math.radians(angle))] for angle in (25, 90, 100, 138, 210, 300)
        ]
        changes = [{}, *({"same": [one, other]} for one, other in combinations(start["labels"][:4], 2))]
        nearly = [[[gap, 1.0], *start["points"][1:]] for gap in (0.99e-9, 1.01e-9)]  # rounding, and more than that
        changes += [{"same": start["labels"][:2], "points": points} for points in nearly]
        for i, place in product(range(8), turned):
            changes.append({"points": [place if k == i else row for k, row in enumerate(start["points"])]})
        for change in changes:
            state = state_of(named(mission.scene)) | change
            reading = reading_of(state)
            told = {"reached": is_reached(mission, reading), "hint": hint_for(mission, reading)}
            yield {
                "name": f"{name} after {change}",
                "mission": as_json(mission),
                "start": start,
                "state": state,
                **told,
            }
