"""The experiments of the lessons: what each is called, and the scene and settings it starts from, as data."""

from typing import Any

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "E1": {"title": "Line-up: who is my partner?", "start": {"scene": "line-up", "tao": 0.5}},
    "E2": {"title": "Not on top of its anchor", "start": {"scene": "line-up", "tao": 0.5}},
    "E3": {"title": "Up or down?", "start": {"scene": "line-up", "tao": 0.5}},
    "E4": {"title": "Who counts", "start": {"scene": "line-up", "tao": 5}},
    "E5": {"title": "The floor", "start": {"scene": "line-up", "tao": 1}},
    "E6": {"title": "Chance", "start": {"scene": "heap", "tao": 0.5}},
    "E7": {"title": "A dead knob", "start": {"scene": "line-up", "tao": 0.5, "l2_reg": 0}},
    "E8": {"title": "No floor", "start": {"scene": "line-up", "tao": 0.5, "normalize": False, "l2_reg": 0}},
    "E9": {
        "title": "A spring, and collapse",
        "start": {"scene": "line-up", "tao": 0.5, "normalize": False, "l2_reg": 0.02},
    },
    "E10": {"title": "The false twin", "start": {"scene": "twin", "tao": 5, "normalize": False, "l2_reg": 0}},
    "E11": {"title": "Real digits", "start": {"scene": "pixels", "tao": 1}},
    "R1": {"title": "Anchors and positives swap their roles", "start": {"scene": "line-up", "tao": 0.5}},
    "R2": {
        "title": "Force over tao, lengths free",
        "start": {"scene": "line-up", "tao": 1, "normalize": False, "l2_reg": 0},
    },
    "R3": {"title": "Meeting is not rest", "start": {"scene": "line-up", "tao": 0.5, "normalize": False, "l2_reg": 0}},
    "R4": {"title": "One pair", "start": {"scene": "one pair", "tao": 0.5}},
    "R5": {"title": "Negatives compete, or they do not", "start": {"scene": "tidy", "tao": 0.5}},
}
