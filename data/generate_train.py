"""Make ``train.txt``, the stand-in for the training file of the notebook that the presets come from.

    python data/generate_train.py [OUT]

writes the same bytes every time: without OUT to ``train.txt`` beside this script. Only ``random.random`` is used,
the one method whose sequence Python promises to keep for a seed.

Each class is one elongated cloud beside a common border, which is bent slightly. A point has a distance from the
border, drawn from a gamma distribution of shape 2 (few points right at the border, a long tail away from it), and a
place along the border, drawn from a normal distribution.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

SEED = 2
ROWS_PER_CLASS = 500
BORDER_POINT = (13.95, 10.1)
BORDER_NORMAL_DEGREES = -56.0
BEND = 0.008
GAP = 0.25


@dataclass(frozen=True)
class Cloud:
    """One class: on which side of the border it lies and how it spreads."""

    label: int
    side: float
    mean_distance: float
    centre_along: float
    spread_along: float


CLOUDS = (
    Cloud(label=0, side=1.0, mean_distance=2.6, centre_along=0.3, spread_along=2.4),
    Cloud(label=1, side=-1.0, mean_distance=1.7, centre_along=-1.6, spread_along=3.6),
)


def draw_point(cloud: Cloud, random: Random) -> tuple[float, float]:
    """One point (x1, x2) of a cloud."""
    u = [1.0 - random.random() for _ in range(4)]  # in (0, 1], so that the logarithm exists
    distance = GAP - 0.5 * cloud.mean_distance * (math.log(u[0]) + math.log(u[1]))
    standard_normal = math.sqrt(-2.0 * math.log(u[2])) * math.cos(2.0 * math.pi * u[3])  # Box and Muller, 1958
    along = cloud.centre_along + cloud.spread_along * standard_normal
    across = cloud.side * distance + BEND * along**2
    cos, sin = (f(math.radians(BORDER_NORMAL_DEGREES)) for f in (math.cos, math.sin))
    return BORDER_POINT[0] + across * cos - along * sin, BORDER_POINT[1] + across * sin + along * cos


def make_text() -> str:
    """The whole file: 500 rows ``x1 x2 label`` of class 0, then 500 of class 1."""
    random = Random(SEED)
    rows = []
    for cloud in CLOUDS:
        for _ in range(ROWS_PER_CLASS):
            x1, x2 = draw_point(cloud, random)
            rows.append(f"{x1:.2f} {x2:.2f} {cloud.label}\n")
    return "".join(rows)


def main(arguments: list[str]) -> None:
    """Write the file to the first argument, or beside this script."""
    out = Path(arguments[0]) if arguments else Path(__file__).with_name("train.txt")
    out.write_bytes(make_text().encode("ascii"))


if __name__ == "__main__":
    main(sys.argv[1:])
