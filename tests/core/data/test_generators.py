"""The built-in sets: sizes, repeatability, and the formula of each where it can be checked from outside."""

import numpy as np
import pytest

from core.base.errors import ExperimentError
from core.base.typeset import set_html, set_plain
from core.data.data_source import DataSource, load
from core.data.generators import GENERATORS, class_labels, generate
from core.storage.encoding import decode, encode

NAMES = sorted(GENERATORS)


def draw(name: str, n: int = 500, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return generate(GENERATORS[name], n, noise, seed)


def test_the_table_holds_every_set_under_its_own_name() -> None:
    assert NAMES == ["blobs", "circle", "gauss", "moons", "multi-gauss", "plane", "spiral", "spiral3", "xor"]
    assert all(GENERATORS[name].name == name for name in NAMES)
    assert len({generator.label for generator in GENERATORS.values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [0.0, 50.0])
@pytest.mark.parametrize("extra", [0, 1, 2, 5, 498])
def test_exactly_n_finite_points_and_every_class(name: str, noise: float, extra: int) -> None:
    n_classes = GENERATORS[name].n_classes
    n = GENERATORS[name].least + extra
    for seed in range(10):
        points, labels = draw(name, n, noise, seed)
        assert points.shape == (n, 2)
        assert points.dtype == np.float64
        assert np.isfinite(points).all()
        assert labels.shape == (n,)
        if n_classes:
            assert labels.dtype == np.int64
            assert set(labels.tolist()) == set(range(n_classes))
        else:
            assert labels.dtype == np.float64
            assert np.abs(labels).max() <= 1.8


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_the_points(name: str) -> None:
    points, labels = draw(name, 101, 20.0, seed=3)
    again, labels_again = draw(name, 101, 20.0, seed=3)
    other, _ = draw(name, 101, 20.0, seed=4)
    assert np.array_equal(points, again)
    assert np.array_equal(labels, labels_again)
    assert not np.array_equal(points, other)


@pytest.mark.parametrize("name", ["circle", "xor", "spiral", "spiral3", "moons"])
def test_bounded_sets_fit_the_axes(name: str) -> None:
    points, _ = draw(name, 5000)
    assert 4.5 < np.abs(points).max() <= 5.3


def test_class_labels_share_evenly() -> None:
    assert class_labels(7, 3).tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_shapes() -> None:
    """Arms, clouds, shares and turns; what is given as it is by default changes no bit."""
    assert class_labels(7, 3, 0.5).tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert class_labels(4, 3, 0.9).tolist() == [0, 0, 1, 2], "each class has a point"
    for name in ("spiral", "spiral3", "blobs"):
        default = GENERATORS[name].shape
        same = DataSource(
            name, classes=default.classes, turns=default.turns if "turns" in GENERATORS[name].takes else None
        )
        assert np.array_equal(load(same).points, load(DataSource(name)).points)
    for name, generator in GENERATORS.items():
        for setting, value in (("classes", 7), ("turns", 0.5), ("balance", 0.2)):
            if setting not in generator.takes:
                with pytest.raises(ExperimentError, match=f"For {name} no "):
                    DataSource(name, **{setting: value})
        if "balance" in generator.takes:
            assert np.bincount(load(DataSource(name, balance=0.2)).labels)[0] == 100
    ten = load(DataSource("blobs", classes=10, samples=10, balance=0.9))
    assert (ten.class_names[-1], np.bincount(ten.labels).tolist()) == ("9", [1] * 10)
    arms = load(DataSource("spiral", classes=4, turns=0.5, samples=400))
    turn = arms.points[arms.labels == 0] @ [1, 1j]
    assert arms.points[arms.labels == 1] @ [1, 1j] == pytest.approx(turn * 1j)
    assert np.angle(turn[-1] / turn[1]) == pytest.approx(-np.pi * 0.98)
    for fault, message in (
        ({"classes": 11}, "number of classes is 11; give a whole number from 2 to 10"),
        ({"classes": 5, "samples": 4}, "from 5 to 1 000 000"),
        ({"turns": float("nan")}, "number of turns is nan; give a number from 0.25 to 4"),
        ({"balance": True}, "share of class 0 is True"),
    ):
        with pytest.raises(ExperimentError, match=message):
            DataSource("spiral", **fault)


def test_sources_of_older_projects() -> None:
    for source in (
        DataSource("spiral", classes=5, balance=0.25),
        DataSource("rule", rule="x1 > 0"),
        DataSource("moons"),
    ):
        written = encode(source, lambda _: "")
        assert decode(DataSource, written, lambda _: np.zeros(0), "data") == source
    older = {name: value for name, value in written.items() if name not in ("classes", "balance", "turns", "rule")}
    assert decode(DataSource, older, lambda _: np.zeros(0), "data") == DataSource("moons")


def test_formulas_are_set() -> None:
    plain, html = (
        [write(f"{g.formula(g.shape)}. {g.description}") for g in GENERATORS.values()]
        for write in (set_plain, set_html)
    )
    assert plain[0].startswith("class 1 where r < 2.5\nclass 0 where 3.5 < r < 5. ")
    assert "{" not in "".join(plain + html)
    assert "t = 3.5πs" in plain[3]
    assert "<i>t</i> = 3.5π<i>s</i>" in html[3]
    assert set_plain("a {x1^2 + x2**-0.5 >= e^(2*x1) - 1e-5}") == "a x₁² + x₂^(−0.5) ≥ e^(2·x₁) − 1e-5"
    assert set_html("<{2^3^x1 < pi}") == "&lt;2<sup>3<sup><i>x</i><sub>1</sub></sup></sup> &lt; π"


def test_circle_without_noise_is_a_disc_in_a_ring() -> None:
    points, labels = draw("circle", 2001)
    radius = np.hypot(points[:, 0], points[:, 1])
    assert (radius[labels == 1] < 2.5).all()
    assert ((radius[labels == 0] >= 3.5) & (radius[labels == 0] <= 5.0)).all()
    assert np.count_nonzero(labels == 1) == 1000
    # The radius, not the area, is uniform: its means are 1.25 and 4.25.
    assert radius[labels == 1].mean() == pytest.approx(1.25, abs=0.1)
    assert radius[labels == 0].mean() == pytest.approx(4.25, abs=0.1)


def test_circle_noise_moves_labels_and_not_points() -> None:
    points, labels = draw("circle", 2000, noise=50.0)
    radius = np.hypot(points[:, 0], points[:, 1])
    assert not ((radius > 2.5) & (radius < 3.5)).any()
    assert 100 < np.count_nonzero((radius < 2.5) != (labels == 1)) < 1000
    _, some = draw("circle", 2000, noise=10.0)
    _, none = draw("circle", 2000)
    assert np.count_nonzero(none != labels) > np.count_nonzero(none != some) > 0


def test_xor_without_noise() -> None:
    points, labels = draw("xor", 2001)
    assert np.array_equal(labels, points[:, 0] * points[:, 1] >= 0)
    assert np.abs(points).min() >= 0.3
    assert np.abs(points).max() <= 5.3


def test_xor_noise_mislabels_more_the_more_there_is() -> None:
    wrong = []
    for noise in (0.0, 10.0, 50.0):
        points, labels = draw("xor", 4000, noise)
        wrong.append(np.count_nonzero(labels != (points[:, 0] * points[:, 1] >= 0)))
    assert wrong[0] == 0 < wrong[1] < wrong[2] < 2000


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (10.0, 1.2), (50.0, 4.0)])
def test_gauss_and_blobs_have_the_stated_centres_and_variance(noise: float, variance: float) -> None:
    height = 3.5 * np.sqrt(3.0) / 2.0
    for name, centres in (
        ("gauss", [(-2, -2), (2, 2)]),
        ("blobs", [(0, 3.5), (-height, -1.75), (height, -1.75)]),
    ):
        points, labels = draw(name, 20_000 * len(centres), noise)
        for k, centre in enumerate(centres):
            cloud = points[labels == k]
            assert cloud.mean(axis=0) == pytest.approx(centre, abs=0.08)
            assert cloud.var(axis=0) == pytest.approx([variance, variance], rel=0.06)


def test_spiral_is_the_formula() -> None:
    points, labels = draw("spiral", 7)
    expected = []
    for size, start in ((4, np.pi), (3, 0.0)):  # class 0, then class 1
        for i in range(size):
            r, t = 5 * i / size, 3.5 * np.pi * i / size + start
            expected.append((r * np.sin(t), r * np.cos(t)))
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert points == pytest.approx(np.array(expected), abs=1e-14)


def test_spiral3_arms_are_a_third_of_a_turn_apart() -> None:
    points, labels = draw("spiral3", 300)
    turn = np.exp(-2j * np.pi / 3.0)  # t counts clockwise from the vertical axis
    arms = [points[labels == k] @ [1, 1j] for k in range(3)]
    assert arms[1] == pytest.approx(arms[0] * turn, abs=1e-12)
    assert arms[2] == pytest.approx(arms[1] * turn, abs=1e-12)
    angle = 2.5 * np.pi * 50 / 100
    assert arms[0][50] == pytest.approx(2.5 * (np.sin(angle) + 1j * np.cos(angle)))


@pytest.mark.parametrize("name", ["spiral", "spiral3"])
def test_spiral_noise_is_bounded_by_its_share(name: str) -> None:
    shift = draw(name, 999, 20.0)[0] - draw(name, 999)[0]
    assert 0.19 < np.abs(shift).max() <= 0.2


def test_moons_without_noise_are_half_circles() -> None:
    points, labels = draw("moons", 101)
    upper, lower = points[labels == 0], points[labels == 1]
    radius = 10.0 / 3.0
    assert np.hypot(*(upper - [-5 / 3, -5 / 6]).T) == pytest.approx(radius)
    assert np.hypot(*(lower - [5 / 3, 5 / 6]).T) == pytest.approx(radius)
    assert (upper[:, 1] >= -5 / 6 - 1e-12).all()
    assert (lower[:, 1] <= 5 / 6 + 1e-12).all()
    assert upper[[0, -1], 0] == pytest.approx([5 / 3, -5.0])
    assert lower[[0, -1], 0] == pytest.approx([-5 / 3, 5.0])


def test_moons_noise_is_normal_with_nu_radii() -> None:
    shift = draw("moons", 20_000, 10.0)[0] - draw("moons", 20_000)[0]
    assert shift.std() == pytest.approx(1.0 / 3.0, rel=0.03)
