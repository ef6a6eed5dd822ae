"""The built-in point sets: one frozen value each, in one table.

The coordinates fit axes of about -6 to 6. The two-class sets circle, xor, gauss and spiral follow the definitions of
TensorFlow Playground (its file ``src/dataset.ts``); there class 1 is its +1 and class 0 its -1. So do the two sets
for regression, plane and multi-gauss, whose targets are numbers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.network.tasks import CLASSIFICATION, REGRESSION

Points = Array
Labels = NDArray[np.int64]
Values = Array

HALF_WIDTH = 6.0
"""Half the side of the square in which the points of plane, multi-gauss and typed rules lie."""


@dataclass(frozen=True)
class Shape:
    """The settings of a set's shape; each set has some of them, see :attr:`Generator.takes`.

    Attributes:
        classes: number of classes, such as arms of a spiral or clouds.
        balance: share of the points in class 0; the other classes share the rest evenly. None for even shares, or for
            classes as the points fall.
        turns: turns of a spiral's arm.
    """

    classes: int = 2
    balance: float | None = None
    turns: float = 1.0

    @property
    def least(self) -> int:
        """The least number of points: one of each class."""
        return max(2, self.classes)


@dataclass(frozen=True, eq=False)
class ShapeSetting:
    """The range of a field of Shape.

    Attributes:
        low, high: the least and the largest value.
        whole: whether it must be a whole number.
        label: its name in messages.
    """

    low: float
    high: float
    whole: bool
    label: str


SETTINGS = {
    "classes": ShapeSetting(2, 10, True, _("number of classes")),
    "balance": ShapeSetting(0.1, 0.9, False, _("share of class 0")),
    "turns": ShapeSetting(0.25, 4.0, False, _("number of turns")),
}
"""The ranges by the name of Shape's field."""

Draw = Callable[[int, float, np.random.Generator, Shape], tuple[Points, Labels | Values]]


@dataclass(frozen=True, eq=False)
class Generator:
    """One built-in set.

    Attributes:
        name: key in :data:`GENERATORS`, as the command line spells it.
        label: text of the menu entry.
        formula: of a shape: the set's definition in a few lines, its mathematics in braces, see
            :mod:`core.base.typeset`.
        description: the rest of the definition, likewise; ν is the noise divided by 100.
        n_classes: number of classes by default, the labels being 0 to ``n_classes - 1``; 0 for regression.
        samples: default number of points.
        noise: default noise in percent.
        draw: function of (number of points n >= ``least``, noise in percent, random generator, shape), which gives
            points of shape (n, 2) and labels of shape (n,), class by class or in random order; for regression the
            targets, float64 of shape (n,).
        shape: the default shape.
        takes: the fields of Shape that can be set.
    """

    name: str
    label: str
    formula: Callable[[Shape], str]
    description: str
    n_classes: int
    samples: int
    noise: float
    draw: Draw
    shape: Shape = Shape()
    takes: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        """What is learned from it, see :mod:`core.network.tasks`."""
        return CLASSIFICATION if self.n_classes else REGRESSION

    @property
    def least(self) -> int:
        """The least number of points of the default shape."""
        return self.shape.least


def class_labels(n: int, n_classes: int, first: float | None = None) -> Labels:
    """Labels 0…K-1, shape (n,), sorted, every class present if n >= K.

    The numbers of points differ by at most one (the first classes get more), or class 0 has the share ``first`` and
    the other classes share the rest in the same way.
    """
    if first is None:
        return np.sort(np.arange(n, dtype=np.int64) % n_classes)
    n_first = min(max(1, int(first * n + 0.5)), n - (n_classes - 1))
    return np.concatenate([np.zeros(n_first, dtype=np.int64), 1 + class_labels(n - n_first, n_classes - 1)])


def rank_in_class(labels: Labels) -> Points:
    """For sorted labels, the place of each point in its class as a fraction i/m, m being the class's size."""
    sizes = np.bincount(labels)
    return np.concatenate([np.arange(size) / size for size in sizes])


def circle(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """A disc of radius 2.5 inside a ring of radii 3.5 to 5; noise moves only the place at which a point is labelled."""
    inside = class_labels(n, 2, shape.balance) == 1
    radius = np.where(inside, rng.uniform(0.0, 2.5, n), rng.uniform(3.5, 5.0, n))
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    moved = points + noise / 100.0 * rng.uniform(-5.0, 5.0, (n, 2))
    return points, (np.hypot(moved[:, 0], moved[:, 1]) < 2.5).astype(np.int64)


def xor(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Uniform points pushed 0.3 away from both axes; class 1 where the noisy coordinates have a product >= 0.

    To reach a balance, points are mirrored at an axis before the noise.
    """
    points = rng.uniform(-5.0, 5.0, (n, 2))
    points += np.where(points > 0.0, 0.3, -0.3)
    if shape.balance is not None:
        wanted = class_labels(n, 2, shape.balance) == 1
        points[(points.prod(axis=1) >= 0.0) != wanted, 1] *= -1.0
    moved = points + noise / 100.0 * rng.uniform(-5.0, 5.0, (n, 2))
    return points, (moved[:, 0] * moved[:, 1] >= 0.0).astype(np.int64)


def gauss(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Two round normal clouds around (-2, -2) and (2, 2), each of variance 0.5 + 7ν."""
    labels = class_labels(n, 2, shape.balance)
    centres = np.array([[-2.0, -2.0], [2.0, 2.0]])
    return centres[labels] + rng.normal(0.0, cloud_spread(noise), (n, 2)), labels


def cloud_spread(noise: float) -> float:
    """Standard deviation of the normal clouds at a noise in percent: √(0.5 + 7ν), which is 2 at 50 percent."""
    return float(np.sqrt(0.5 + 7.0 * noise / 100.0))


def spiral(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Arms that start at the angles π, π − 2π/K and so on."""
    labels = class_labels(n, shape.classes, shape.balance)
    starts = np.pi - 2.0 * np.pi * np.arange(shape.classes) / shape.classes
    return spiral_arms(labels, 2.0 * shape.turns * np.pi, starts, noise, rng), labels


def spiral3(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Arms that start at the angles 0, 2π/K and so on."""
    labels = class_labels(n, shape.classes, shape.balance)
    starts = 2.0 * np.pi * np.arange(shape.classes) / shape.classes
    return spiral_arms(labels, 2.0 * shape.turns * np.pi, starts, noise, rng), labels


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


def moons(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Two interlocked half circles of radius 10/3 with normal noise of standard deviation ν radii."""
    labels = class_labels(n, 2, shape.balance)
    radius = 10.0 / 3.0
    upper = labels == 0
    angle = np.concatenate([np.linspace(0.0, np.pi, size) for size in np.bincount(labels)])
    unit = np.where(upper[:, None], [-0.5, -0.25], [0.5, 0.25])
    unit += np.where(upper, 1.0, -1.0)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return radius * (unit + rng.normal(0.0, noise / 100.0, (n, 2))), labels


def blobs(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Labels]:
    """Round normal clouds on a circle of radius 3.5, each of variance 0.5 + 7ν."""
    labels = class_labels(n, shape.classes, shape.balance)
    angle = np.pi / 2.0 + 2.0 * np.pi / shape.classes * labels
    centres = 3.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + rng.normal(0.0, cloud_spread(noise), (n, 2)), labels


def plane(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Values]:
    """Uniform points; the target is (x1 + x2)/10 at the point after its move by the noise."""
    points, moved = uniform_and_moved(n, noise, rng)
    return points, moved.sum(axis=1) / 10.0


def multi_gauss(n: int, noise: float, rng: np.random.Generator, shape: Shape) -> tuple[Points, Values]:
    """Uniform points; six bumps of radius 2, up and down in turn, each falling linearly from its middle to its rim."""
    points, moved = uniform_and_moved(n, noise, rng)
    centres = np.array([(x, y) for y in (2.5, -2.5) for x in (-4.0, 0.0, 4.0)])
    signs = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    distance = np.hypot(*(moved[:, None, :] - centres).transpose(2, 0, 1))
    height = signs * np.clip(1.0 - distance / 2.0, 0.0, 1.0)
    return points, height[np.arange(n), np.abs(height).argmax(axis=1)]  # the stronger of overlapping bumps


def uniform_and_moved(n: int, noise: float, rng: np.random.Generator) -> tuple[Points, Points]:
    """Points of U(-6, 6)², shape (n, 2), and the same after a move by ν·U(-6, 6) in each coordinate."""
    points = rng.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))
    return points, points + noise / 100.0 * rng.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))


def point_stream(seed: int) -> np.random.Generator:
    """The random generator of a seed, a non-negative integer."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))


def generate(
    generator: Generator, n: int, noise: float, seed: int, shape: Shape | None = None
) -> tuple[Points, Labels | Values]:
    """Draw a set; the same arguments always give the same set.

    If the labels depend on where points fall, a handful of points can miss a class. The set is then drawn again from
    the same stream.

    Args:
        generator: a value of :data:`GENERATORS`.
        n: number of points, at least ``shape.least``.
        noise: percent, 0 to 50.
        seed: non-negative integer.
        shape: the default one if None.

    Returns:
        Points of shape (n, 2) and labels 0…K-1 of shape (n,), every class present; for regression the targets.
    """
    rng = point_stream(seed)
    shape = shape or generator.shape
    while True:
        points, labels = generator.draw(n, noise, rng, shape)
        if generator.task == REGRESSION or np.count_nonzero(np.bincount(labels)) == shape.classes:
            return points, labels


# ---------------------------------------------------------------- the table, and its formulas


def _spiral_formula(shape: Shape) -> str:
    return _(
        "{{x1 = r sin t}}, {{x2 = r cos t}}\n{{r = 5s}}, {{t = {turns:g}πs}}, {{0 <= s < 1}}\n"
        "{classes} arms, {angle:.4g}° apart"
    ).format(turns=2.0 * shape.turns, classes=shape.classes, angle=360.0 / shape.classes)


def _blobs_formula(shape: Shape) -> str:
    return _(
        "{classes} clouds around\n{{x1 = 3.5 cos a}}, {{x2 = 3.5 sin a}}\n"
        "{{a = π/2 + 2πk/{classes}}}\nvariance {{0.5 + 7ν}}"
    ).format(classes=shape.classes)


GENERATORS: dict[str, Generator] = {
    generator.name: generator
    for generator in (
        Generator(
            "circle",
            _("Circle"),
            lambda shape: _("class 1 where {r < 2.5}\nclass 0 where {3.5 < r < 5}"),
            _("Labelled after a move by {ν*U(-5, 5)} in {x1} and {x2}."),
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=circle,
            takes=("balance",),
        ),
        Generator(
            "xor",
            _("Exclusive or"),
            lambda shape: _("class 1 where {x1*x2 >= 0}"),
            _(
                "Points of {U(-5, 5)^2}, pushed 0.3 away from both axes. Labelled after a move by {ν*U(-5, 5)} in "
                "{x1} and "
                "{x2}."
            ),
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=xor,
            takes=("balance",),
        ),
        Generator(
            "gauss",
            _("Two clouds"),
            lambda shape: _("class 0 around {(-2, -2)}\nclass 1 around {(2, 2)}\nvariance {0.5 + 7ν}"),
            _("Round normal clouds."),
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=gauss,
            takes=("balance",),
        ),
        Generator(
            "spiral",
            _("Spiral"),
            _spiral_formula,
            _("Each point is moved by {ν*U(-1, 1)} in {x1} and {x2}."),
            n_classes=2,
            samples=500,
            noise=0.0,
            draw=spiral,
            shape=Shape(turns=1.75),
            takes=("classes", "turns", "balance"),
        ),
        Generator(
            "moons",
            _("Two moons"),
            lambda shape: _(
                "{x1 = ±ρ(cos t - ½)}\n{x2 = ±ρ(sin t - ¼)}\n{ρ = 10/3}, {0 <= t <= π}\n+ for class 0, − for class 1"
            ),
            _("Two half circles, each reaching into the other, with normal noise of standard deviation {νρ}."),
            n_classes=2,
            samples=500,
            noise=10.0,
            draw=moons,
            takes=("balance",),
        ),
        Generator(
            "blobs",
            _("Clouds in a circle"),
            _blobs_formula,
            _("Round normal clouds on a circle."),
            n_classes=3,
            samples=600,
            noise=0.0,
            draw=blobs,
            shape=Shape(classes=3),
            takes=("classes", "balance"),
        ),
        Generator(
            "spiral3",
            _("Three-arm spiral"),
            _spiral_formula,
            _("Each point is moved by {ν*U(-1, 1)} in {x1} and {x2}."),
            n_classes=3,
            samples=600,
            noise=0.0,
            draw=spiral3,
            shape=Shape(classes=3, turns=1.25),
            takes=("classes", "turns", "balance"),
        ),
        Generator(
            "plane",
            _("Plane (regression)"),
            lambda _: "{y = (x1 + x2)/10}",
            _("Points of {U(-6, 6)^2}, given their targets after a move by {ν*U(-6, 6)} in {x1} and {x2}."),
            n_classes=0,
            samples=1200,
            noise=0.0,
            draw=plane,
        ),
        Generator(
            "multi-gauss",
            _("Six bumps (regression)"),
            lambda shape: _(
                "{y = ±max(0, 1 - d/2)}\n{d} is the distance to the nearest of the middles, "
                "{x1 = -4, 0, 4} and {x2 = ±2.5}"
            ),
            _("Points of {U(-6, 6)^2}, given their targets after a move by {ν*U(-6, 6)} in {x1} and {x2}."),
            n_classes=0,
            samples=1200,
            noise=0.0,
            draw=multi_gauss,
        ),
    )
}
