"""The experiments of the lessons: their titles, and the scene and settings that they start from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """An experiment's title, and the scene and settings that it starts from."""

    title: str
    scene: str
    tao: float = 0.5
    l2_reg: float = 0.0
    normalize: bool = True


EXPERIMENTS = {
    "E1": Experiment("Line-up: who is my partner?", "line-up"),
    "E2": Experiment("Not on top of its anchor", "line-up"),
    "E3": Experiment("Up or down?", "line-up"),
    "E4": Experiment("Who counts", "line-up", tao=5),
    "E5": Experiment("The floor", "line-up", tao=1),
    "E6": Experiment("Chance", "heap"),
    "E7": Experiment("A dead knob", "line-up"),
    "E8": Experiment("No floor", "line-up", normalize=False),
    "E9": Experiment("A spring, and collapse", "line-up", l2_reg=0.02, normalize=False),
    "E10": Experiment("The false twin", "twin", tao=5, normalize=False),
    "E11": Experiment("Real digits", "pixels", tao=1),
    "R1": Experiment("Anchors and positives swap their roles", "line-up"),
    "R2": Experiment("Force over tao, lengths free", "line-up", tao=1, normalize=False),
    "R3": Experiment("Meeting is not rest", "line-up", normalize=False),
    "R4": Experiment("One pair", "one pair"),
    "R5": Experiment("Negatives compete, or they do not", "tidy"),
}
