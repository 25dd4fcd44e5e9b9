"""What torch says of the stage's scenes: numbers, words and descents, as JSON for whoever computes them without it."""

import math
from itertools import combinations, product

import torch
from npair_viz.explorers.pairs.acts import rate
from npair_viz.explorers.pairs.state import State

from npair_viz.data.scenes import named
from npair_viz.geometry.missions import MISSIONS, as_json, hint_for, is_reached
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.point_descent import descend
from npair_viz.geometry.reading import true_labels
from npair_viz.stage.scene_states import reading_of, scenes_of_the_stage, state_of
from tests.support.sentence_edges import CHANGES, EDGES

TAOS = (0.01, 0.1, 0.5, 1.0, 100.0)


def readings():
    for name, tao, objective, is_raw in product(scenes_of_the_stage(), TAOS, ("mc", "ovo"), (False, True)):
        scene = named(name)
        if is_raw and scene.dimension == 3:
            continue
        surface = "plane" if is_raw else "sphere"
        for selected, l2_reg in ((0, 0.0), (scene.n - 1, 0.02)):
            settings = {"tao": tao, "objective": objective, "surface": surface, "normalize": not is_raw}
            state = state_of(scene, selected=selected, l2_reg=l2_reg, **settings)
            yield answered(f"{name}, tao {tao}, {objective}, {surface}, l2_reg {l2_reg}, selected {selected}", state)
    for state, said in EDGES:
        yield answered(f"an edge: {said}", state)


def answered(name, state):
    reading = reading_of(state)
    expected = {
        "loss": reading.loss,
        "onAnchors": (-reading.forces.on_anchors).tolist(),
        "onPositives": (-reading.forces.on_positives).tolist(),
        "pushShares": reading.push_shares.tolist(),
        "sentence": narrate(reading),
    }
    return {"name": name, "state": state, "expected": expected}


def acts():
    for name, (before, after) in product(scenes_of_the_stage(), product(TAOS, TAOS)):
        one, other = state_of(named(name), tao=before), state_of(named(name), tao=after)
        act = f"tao {before:.2f} -> {after:.2f}"
        sentence = narrate(reading_of(other), reading_of(one), act)
        yield {"name": f"{name}, {act}", "before": one, "after": other, "act": act, "sentence": sentence}
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


def pixels():
    """The state of the ten digits of 64 pixels, which the stage's numbers take and its board doesn't."""
    scene = named("pixels").paired()
    rows = {"points": scene.embeddings.double().tolist(), "labels": scene.labels.tolist()}
    return {**state_of(named("line-up")), "scene": "pixels", **rows}
