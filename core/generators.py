"""The built-in point sets: one frozen value each, in one table.

The coordinates fit axes of about -6 to 6. The two-class sets circle, xor, gauss and spiral follow the definitions of
TensorFlow Playground (its file ``src/dataset.ts``); there class 1 is its +1 and class 0 its -1. So do the two sets
for regression, plane and multi-gauss, whose targets are numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.tasks import CLASSIFICATION, REGRESSION

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
Values = NDArray[np.float64]
Draw = Callable[[int, float, np.random.Generator], tuple[Points, Labels | Values]]


@dataclass(frozen=True)
class Generator:
    """One built-in set.

    Attributes:
        name: key in :data:`GENERATORS`, as the command line spells it.
        label: text of the menu entry.
        description: the set's definition in one sentence; ν is the noise divided by 100.
        n_classes: number of classes, the labels being 0 to ``n_classes - 1``; 0 for regression.
        samples: default number of points.
        noise: default noise in percent.
        draw: function of (number of points n >= ``least``, noise in percent, random generator), which gives points
            of shape (n, 2) and labels of shape (n,), class by class or in random order; for regression the targets,
            float64 of shape (n,).
    """

    name: str
    label: str
    description: str
    n_classes: int
    samples: int
    noise: float
    draw: Draw

    @property
    def task(self) -> str:
        """What is learned from it, see :mod:`core.tasks`."""
        return CLASSIFICATION if self.n_classes else REGRESSION

    @property
    def least(self) -> int:
        """The least number of points."""
        return max(2, self.n_classes)


def class_labels(n: int, n_classes: int) -> Labels:
    """Labels 0…K-1, shape (n,), sorted, in shares that differ by at most one (the first classes get the rest)."""
    return np.sort(np.arange(n, dtype=np.int64) % n_classes)


def rank_in_class(labels: Labels) -> Points:
    """For sorted labels, the place of each point in its class as a fraction i/m, m being the class's size."""
    sizes = np.bincount(labels)
    return np.concatenate([np.arange(size) / size for size in sizes])


def circle(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """A disc of radius 2.5 inside a ring of radii 3.5 to 5; noise moves only the point that is labelled."""
    inside = class_labels(n, 2) == 1
    radius = np.where(inside, rng.uniform(0.0, 2.5, n), rng.uniform(3.5, 5.0, n))
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    moved = points + noise / 100.0 * rng.uniform(-5.0, 5.0, (n, 2))
    return points, (np.hypot(moved[:, 0], moved[:, 1]) < 2.5).astype(np.int64)


def xor(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Uniform points pushed 0.3 away from both axes; class 1 where the noisy coordinates have a product >= 0."""
    points = rng.uniform(-5.0, 5.0, (n, 2))
    points += np.where(points > 0.0, 0.3, -0.3)
    moved = points + noise / 100.0 * rng.uniform(-5.0, 5.0, (n, 2))
    return points, (moved[:, 0] * moved[:, 1] >= 0.0).astype(np.int64)


def gauss(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Two round normal clouds around (-2, -2) and (2, 2), each of variance 0.5 + 7ν."""
    labels = class_labels(n, 2)
    centres = np.array([[-2.0, -2.0], [2.0, 2.0]])
    return centres[labels] + rng.normal(0.0, cloud_spread(noise), (n, 2)), labels


def cloud_spread(noise: float) -> float:
    """Standard deviation of the normal clouds at a noise in percent: √(0.5 + 7ν), which is 2 at 50 percent."""
    return float(np.sqrt(0.5 + 7.0 * noise / 100.0))


def spiral(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Two arms of one and three quarter turns."""
    labels = class_labels(n, 2)
    return spiral_arms(labels, 3.5 * np.pi, np.array([np.pi, 0.0]), noise, rng), labels


def spiral3(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Three arms of one and a quarter turns."""
    labels = class_labels(n, 3)
    return spiral_arms(labels, 2.5 * np.pi, np.array([0.0, 2.0 * np.pi / 3.0, 4.0 * np.pi / 3.0]), noise, rng), labels


def spiral_arms(labels: Labels, sweep: float, starts: Points, noise: float, rng: np.random.Generator) -> Points:
    """Points along spiral arms, shape (n, 2).

    At the fraction i/m of its arm a point lies at (r sin t, r cos t) with r = 5 i/m and t = sweep · i/m + start,
    plus ν·U(-1, 1) in each coordinate.

    Args:
        labels: sorted labels, shape (n,), the arm of each point.
        sweep: angle from the inner to the outer end, radians.
        starts: angle at the inner end of each arm, shape (arms,), radians.
        noise: percent.
        rng: source of the noise.
    """
    along = rank_in_class(labels)
    angle = sweep * along + starts[labels]
    points: Points = 5.0 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return points + noise / 100.0 * rng.uniform(-1.0, 1.0, points.shape)


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Two half circles of radius 10/3, each reaching into the other, plus normal noise of ν radii."""
    labels = class_labels(n, 2)
    radius = 10.0 / 3.0
    upper = labels == 0
    angle = np.concatenate([np.linspace(0.0, np.pi, size) for size in np.bincount(labels)])
    unit = np.where(upper[:, None], [-0.5, -0.25], [0.5, 0.25])
    unit += np.where(upper, 1.0, -1.0)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return radius * (unit + rng.normal(0.0, noise / 100.0, (n, 2))), labels


def blobs(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Three round normal clouds on a circle of radius 3.5, each of variance 0.5 + 7ν."""
    labels = class_labels(n, 3)
    angle = np.pi / 2.0 + 2.0 * np.pi / 3.0 * labels
    centres = 3.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + rng.normal(0.0, cloud_spread(noise), (n, 2)), labels


def plane(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Values]:
    """Uniform points; the target is (x1 + x2)/10 at the place that the noise leads to."""
    points, moved = _uniform_and_moved(n, noise, rng)
    return points, moved.sum(axis=1) / 10.0


def multi_gauss(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Values]:
    """Uniform points; six bumps of radius 2, up and down in turn, each falling linearly from its middle to its rim."""
    points, moved = _uniform_and_moved(n, noise, rng)
    centres = np.array([(x, y) for y in (2.5, -2.5) for x in (-4.0, 0.0, 4.0)])
    signs = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    distance = np.hypot(*(moved[:, None, :] - centres).transpose(2, 0, 1))
    height = signs * np.clip(1.0 - distance / 2.0, 0.0, 1.0)
    return points, height[np.arange(n), np.abs(height).argmax(axis=1)]  # of overlapping bumps the stronger one


def _uniform_and_moved(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Points]:
    points = rng.uniform(-6.0, 6.0, (n, 2))
    return points, points + noise / 100.0 * rng.uniform(-6.0, 6.0, (n, 2))


def generate(generator: Generator, n: int, noise: float, seed: int) -> tuple[Points, Labels | Values]:
    """Draw a set; the same arguments always give the same set.

    A handful of points of a set that is labelled by where they fall can miss a class; it is then drawn again, from
    the same stream.

    Args:
        generator: a value of :data:`GENERATORS`.
        n: number of points, at least ``generator.least``.
        noise: percent, 0 to 50.
        seed: non-negative integer.

    Returns:
        Points of shape (n, 2) and labels 0…K-1 of shape (n,), every class present; for regression the targets.
    """
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    while True:
        points, labels = generator.draw(n, noise, rng)
        if generator.task == REGRESSION or len(np.unique(labels)) == generator.n_classes:
            return points, labels


GENERATORS: dict[str, Generator] = {
    generator.name: generator
    for generator in (
        Generator(
            "circle",
            "Circle",
            "A disc of radius 2.5 (class 1) inside a ring of radii 3.5 to 5 (class 0); "
            "class 1 iff the point, moved by ν·U(-5, 5) in x and y, has r < 2.5.",
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=circle,
        ),
        Generator(
            "xor",
            "Exclusive or",
            "Points of U(-5, 5)², pushed 0.3 away from both axes; "
            "class 1 iff x·y >= 0 after a move by ν·U(-5, 5) in x and y.",
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=xor,
        ),
        Generator(
            "gauss",
            "Two clouds",
            "Normal clouds around (-2, -2) (class 0) and (2, 2) (class 1), each of variance 0.5 + 7ν.",
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=gauss,
        ),
        Generator(
            "spiral",
            "Spiral",
            "Two arms (r sin t, r cos t) + ν·U(-1, 1) with r = 5i/m and t = 3.5πi/m, turned by π for class 0.",
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=spiral,
        ),
        Generator(
            "moons",
            "Two moons",
            "Two half circles of radius 10/3, each reaching into the other, plus normal noise of ν radii.",
            n_classes=2,
            samples=500,
            noise=10.0,
            draw=moons,
        ),
        Generator(
            "blobs",
            "Three clouds",
            "Three normal clouds on a circle of radius 3.5, each of variance 0.5 + 7ν.",
            n_classes=3,
            samples=600,
            noise=0.0,
            draw=blobs,
        ),
        Generator(
            "spiral3",
            "Three-arm spiral",
            "Three arms (r sin t, r cos t) + ν·U(-1, 1) with r = 5i/m and t = 2.5πi/m, a third of a turn apart.",
            n_classes=3,
            samples=600,
            noise=0.0,
            draw=spiral3,
        ),
        Generator(
            "plane",
            "Plane (regression)",
            "Points of U(-6, 6)², the target being (x1 + x2)/10 after a move by ν·U(-6, 6) in x1 and x2.",
            n_classes=0,
            samples=1200,
            noise=0.0,
            draw=plane,
        ),
        Generator(
            "multi-gauss",
            "Six bumps (regression)",
            "Points of U(-6, 6)²; six bumps of radius 2 and height ±1 in turn, at x1 = -4, 0, 4 and x2 = ±2.5.",
            n_classes=0,
            samples=1200,
            noise=0.0,
            draw=multi_gauss,
        ),
    )
}
