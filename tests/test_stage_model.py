"""The stage's own numbers, words and descents equal torch's: every module of its JavaScript runs under node."""

from itertools import product

import torch
from book import BOOK
from noding import run

from npair_viz.explorers.acts import rate
from npair_viz.explorers.state import State
from npair_viz.flow import descend
from npair_viz.narration import narrate
from npair_viz.reading import true_labels
from npair_viz.scenes import named
from npair_viz.stage.worlds import reading_of, scenes_of_the_stage, state_of

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
            reading = reading_of(state)
            yield {
                "name": f"{name}, tao {tao}, {objective}, {surface}, l2_reg {l2_reg}, selected {selected}",
                "state": state,
                "expected": {
                    "loss": reading.loss,
                    "onAnchors": (-reading.forces.on_anchors).tolist(),
                    "onPositives": (-reading.forces.on_positives).tolist(),
                    "pushShares": reading.push_shares.tolist(),
                    "sentence": narrate(reading),
                },
            }


def acts():
    for name, (before, after) in product(scenes_of_the_stage(), product(TAOS, TAOS)):
        one, other = state_of(named(name), tao=before), state_of(named(name), tao=after)
        act = f"tao {before:.2f} -> {after:.2f}"
        sentence = narrate(reading_of(other), reading_of(one), act)
        yield {"name": f"{name}, {act}", "before": one, "after": other, "act": act, "sentence": sentence}


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


def test_the_browser_side_has_torchs_numbers_and_words(tmp_path):
    content = {"readings": list(readings()), "acts": list(acts()), "descents": list(descents())}
    run("model.test.js", content, tmp_path)


def test_the_browser_side_plays_the_experiments_of_the_lessons(tmp_path):
    flat = [one for one in BOOK["experiments"] if one["start"]["scene"] != "pixels"]
    scenes = {**scenes_of_the_stage()}
    acts = [act for one in flat for step in one["steps"] for act in step["acts"]]
    for n in {act["set"]["n_classes"] for act in acts if "n_classes" in act.get("set", {})}:
        scenes[f"circle of {n}"] = state_of(named("circle", n_classes=n))
    run("experiments.test.js", {"experiments": flat, "tolerance": BOOK["tolerance"], "scenes": scenes}, tmp_path)
