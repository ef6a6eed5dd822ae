"""Every formula that can be shown, read back from its text, gives the result that is shown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.formulas import step_formulas as steps
from core.explain.formulas.formula import Formula, formula_of, make_formula
from core.explain.formulas.formula_text import SUPERSCRIPTS, to_html, to_text, write_number, write_symbol
from core.explain.formulas.shown_digits import quantities
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase
from core.explain.walk import Walk, walk_sample, walk_update
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, LEAK, OUTPUT_ACTIVATIONS
from core.network.expression import (
    HALF,
    ONE,
    Call,
    Case,
    Condition,
    Constant,
    Negative,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    evaluate,
    exp,
    minus,
    series,
    square,
    times,
)
from core.network.losses import LOSSES, why_not
from core.network.network import parameter_index
from core.network.optimizers import EPSILON, OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.network.tasks import REGRESSION
from core.training.divergence import Diverged
from core.training.experiment import Decay, Experiment, Init
from core.training.preparation import one_hot_targets
from core.training.trainer import Trainer
from tests.core.support import RunCase, examples, run_cases

PLAIN = {above: plain for plain, above in SUPERSCRIPTS.items()}


class EulersNumber:
    """E to any power, beyond what a float can hold as well."""

    def __pow__(self, exponent: float) -> float:
        return math.exp(exponent) if exponent < 709.0 else math.inf


NAMES = {
    "e": EulersNumber(),
    "π": math.pi,
    "abs": abs,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "ln": lambda x: math.log(x) if x else -math.inf,
    "ln1p": math.log1p,
    "σ": lambda x: 1.0 / (1.0 + EulersNumber() ** -x),
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "max": max,
    "min": min,
    "sign": lambda x: float(np.sign(x)),
}


def computed(text: str) -> float:
    """What a reader with a calculator makes of a line of numbers."""
    text = re.sub(r"\[… \d+ more: (.*?)\]", r"(\1)", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text).replace("⌊", "floor(").replace("⌋", ")")
    above = "".join(PLAIN)
    text = re.sub("([\\d.]+e−?\\d+)", r"(\1)", text)
    text = re.sub(f"(?<![\\d.])10([{above}]+)", lambda m: f"10.0**({''.join(PLAIN[c] for c in m[1])})", text)
    text = re.sub(f"([{above}]+)", lambda m: f"**({''.join(PLAIN[c] for c in m[1])})", text)
    text = re.sub(r"√([\d.]+)", r"sqrt(\1)", text).replace("√", "sqrt").replace("^", "**").replace("½", "0.5")
    text = text.replace("ln(1 + ", "ln1p(").replace("·", "*").replace("−", "-")
    assert re.fullmatch(r"[\d.+\-*/(), eπσa-z]*", text), text
    return float(eval(text, {"__builtins__": {}}, NAMES))  # noqa: S307 (of a text that the line above has checked)


def check(formula: Formula) -> None:
    """The shown numbers give the shown result, in the tree and as a reader reads them, and it is the run's number."""
    assert math.isfinite(formula.value)
    assert formula.place is not None
    line = to_text(formula.markup())
    found = evaluate(formula.expression, shown=True)
    half = formula.tolerance * (1 + 1e-6)
    assert abs(found - formula.shown) <= half, line
    assert abs(formula.value - formula.shown) <= half, line
    assert computed(to_text(formula.numbers())) == pytest.approx(found, rel=1e-9, abs=half / 10), line
    shown = to_text(formula.result_markup())
    if shown.startswith("0 ± "):
        assert abs(found) <= computed(shown.removeprefix("0 ± ")) * 1.1, line
    else:
        assert computed(shown) == pytest.approx(formula.shown, rel=1e-14), line
    assert all(condition.holds() and condition.holds(shown=True) for condition in formula.conditions), line
    assert formula.left() and formula.symbols()


def phase_formulas(walk: Walk, phase: Phase, unit: int = 0, sample: int = 0) -> steps.Formulas:
    """Those of a phase for one neuron of its layer and one sample of the batch; of the update the learning rate."""
    if phase.kind == FORWARD:
        return steps.neuron_forward(walk, phase.layer, unit, sample)
    if phase.kind == LOSS:
        return steps.losses(walk, sample)
    if phase.kind == BACKWARD:
        return steps.neuron_backward(walk, phase.layer, unit, sample)
    return (steps.learning_rate(walk),) if phase.kind == UPDATE else ()


def all_formulas(walk: Walk, rng: np.random.Generator) -> Iterator[Formula]:
    """For each layer and kind of formula one at least."""
    sample = int(rng.integers(len(walk)))
    for phase in walk.phases:
        unit = int(rng.integers(walk.sizes[phase.layer]))
        yield from phase_formulas(walk, phase, unit, sample)
        if phase.kind == BACKWARD:
            source = int(rng.integers(walk.sizes[phase.layer - 1]))
            yield from steps.weight_gradient(walk, phase.layer, source, unit, sample)
            yield from steps.bias_gradient(walk, phase.layer, unit, sample)
            yield from steps.weight_update(walk, phase.layer, source, unit)
            yield from steps.bias_update(walk, phase.layer, unit)


@given(
    case=run_cases(engines=("numpy", "compiled")),
    share=st.floats(0, 1, exclude_max=True),
    frozen=st.sampled_from([0.0, 0.0, 0.5]),
)
@settings(max_examples=examples(25))
@pytest.mark.needs_numba
def test_any_step_of_any_experiment(case: RunCase, share: float, frozen: float) -> None:
    try:
        trainer = case.start()
    except Diverged:
        assume(False)
    rng = np.random.default_rng(case.experiment.seed)
    trainer.freeze(np.flatnonzero(rng.random(trainer.network.parameters.size) < frozen).tolist())
    for walk in (walk_update(trainer), walk_sample(trainer, int(share * len(case.dataset)))):
        assume(walk.is_finite)
        for formula in all_formulas(walk, rng):
            check(formula)


# ---- Each entry of the tables.


def test_the_constants_are_those_that_formulas_write() -> None:
    assert (LEAK, EPSILON) == (0.01, 1e-8)


@pytest.mark.parametrize("name", HIDDEN_ACTIVATIONS)
def test_an_activation_and_its_slope_from_far_below_to_far_above(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert activation.derivative is not None
    assert activation.expression is not None
    assert activation.slope is not None
    points = [0.0, 1e-9, 1e-3, 0.31, 1.0, 2.345678, 7.0, 33.0, 400.0, 900.0]
    for value in [*points, *(-p for p in points)]:
        z = np.array([value])
        with np.errstate(all="ignore"):
            a = activation.function(z)
            slope = activation.derivative(z, a)
        here, there = Quantity(Symbol("z"), value), Quantity(Symbol("a"), float(a[0]))
        check(make_formula("a", Symbol("a"), float(a[0]), activation.expression(here)))
        case = activation.slope(here, there)
        check(make_formula("f'", Symbol("f'"), float(slope[0]), case))
        for line in case.before:
            check(formula_of(line))


TINY = Dataset(np.array([[1.0, 2.0], [-1.5, 0.5], [0.25, -1.0]]), np.array([0, 1, 2]), ("a", "b", "c"))
NUMBERS = Dataset(TINY.points, np.zeros(3, dtype=np.int64), (), targets=np.array([0.5, -2.0, 3.0]))
SCHEDULE_TEXTS = ["constant", "step:2:0.5", "exponential:0.97", "cosine:5:0.1"]
ALL_LOSSES = [
    (loss.name, output, task)
    for loss in LOSSES.values()
    for task in loss.tasks
    for output in OUTPUT_ACTIVATIONS
    if not why_not(loss, output, task)
]


@pytest.mark.parametrize(("loss", "output", "task"), ALL_LOSSES)
@pytest.mark.parametrize("scale", [0.5, 20.0])
def test_every_output_with_every_loss(loss: str, output: str, task: str, scale: float) -> None:
    dataset = NUMBERS if task == REGRESSION else TINY
    data = DataSource("plane" if task == REGRESSION else "gauss", task=task)
    experiment = Experiment(
        data=data, loss=loss, output=output, activation="tanh", hidden=(3,), init=Init("normal", scale)
    )
    trainer = Trainer(experiment, dataset)
    for row in range(3):
        walk = walk_sample(trainer, row)
        last = len(walk.layers)
        check(steps.sample_loss(walk))
        for unit in range(walk.sizes[-1]):
            for formula in (*steps.neuron_forward(walk, last, unit), *steps.neuron_backward(walk, last, unit)):
                check(formula)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("l1", [0.0, 0.01])
def test_every_optimizer_at_its_first_update_and_later(optimizer: str, l1: float) -> None:
    experiment = Experiment(hidden=(3,), optimizer=optimizer, l1=l1, l2=2 * l1, batch_size=2, warm_up=3)
    trainer = Trainer(experiment, TINY)
    for position in (0, 2, 30):
        trainer.advance(position - trainer.position)
        walk = walk_update(trainer)
        for formula in all_formulas(walk, np.random.default_rng(position)):
            check(formula)
        check(steps.learning_rate(walk))


ONE_OUTPUT_EACH = {(loss, task): (loss, output, task) for loss, output, task in ALL_LOSSES}.values()
EACH_PAIR = [
    pytest.param(*case, optimizer, penalty, batch_size, marks=[pytest.mark.campaign] * ((i + j + k) % 2))
    for i, case in enumerate(ONE_OUTPUT_EACH)
    for j, optimizer in enumerate(OPTIMIZERS)
    for k, (penalty, batch_size) in enumerate([({}, 1), ({"l1": 0.01, "l2": 0.02}, 2)])
]
"""Each loss with each optimizer, and each of both with and without a penalty; all three together in the campaign."""


@pytest.mark.parametrize(("loss", "output", "task", "optimizer", "penalty", "batch_size"), EACH_PAIR)
def test_frozen_removed_and_dropped_parameters(
    loss: str, output: str, task: str, optimizer: str, penalty: dict[str, float], batch_size: int
) -> None:
    """Every parameter's gradient and update, by the numbers that the engine leaves in a further update of the run."""
    data = DataSource("plane" if task == REGRESSION else "gauss", task=task)
    experiment = Experiment(
        data=data, loss=loss, output=output, activation="tanh", hidden=(3, 2), init=Init("normal", 0.5),
        optimizer=optimizer, dropout=0.5, batch_size=batch_size, **penalty,
    )  # fmt: skip
    trainer = Trainer(experiment, NUMBERS if task == REGRESSION else TINY)
    trainer.advance(6)
    removed, frozen = 1, (4, trainer.network.parameters.size - 1)
    trainer.edit({removed: 0.0})
    trainer.freeze([removed, *frozen])
    trainer.advance(3)
    walk, parameters = walk_update(trainer), trainer.network.parameters.copy()
    dropped = 0
    for layer in walk.layers:
        dropped += 0 if layer.mask is None else int((layer.mask[0] == 0.0).sum())
        for source, unit in [(s, u) for s in (*range(layer.W.shape[0]), None) for u in range(layer.W.shape[1])]:
            place = parameter_index(walk.sizes, layer.number, source, unit)
            if source is None:
                gradient = steps.bias_gradient(walk, layer.number, unit)
                update = steps.bias_update(walk, layer.number, unit)
            else:
                gradient = steps.weight_gradient(walk, layer.number, source, unit)
                update = steps.weight_update(walk, layer.number, source, unit)
            for formula in (*gradient, *update):
                check(formula)
            kept = place in (removed, *frozen)
            assert [line.note for line in (gradient[-1], update[-1])] == [steps.FROZEN if kept else ""] * 2
            assert gradient[-1].value == (0.0 if kept else walk.gradient[place])
            free = walk.loss_gradient[place] + walk.penalty_gradient[place]
            assert gradient[-2].value == pytest.approx(free, rel=1e-12, abs=1e-15) or not kept
            assert (update[-1].value == parameters[place]) or not kept
    trainer.advance(walk.end - trainer.position)
    assert trainer.network.parameters.tobytes() == walk.parameters_after.tobytes()
    assert dropped or loss != "mse", "the case is of no use"


def test_a_frozen_weight_says_so_and_shows_the_gradient_that_it_would_have() -> None:
    trainer = Trainer(Experiment(hidden=(3,), optimizer="momentum", l2=0.1, init=Init("normal", 1.0)), TINY)
    trainer.advance(3)
    trainer.freeze([0])
    walk = walk_update(trainer)
    lines = [to_text(f.markup()) for f in (*steps.weight_gradient(walk, 1, 0, 0), *steps.weight_update(walk, 1, 0, 0))]
    assert [line.partition(" = ")[0] for line in lines[:2]] == ["∂L/∂w₁₁⁽¹⁾", "∂(L + P)/∂w₁₁⁽¹⁾"]
    assert lines[2] == "g = 0   since it is frozen"
    assert lines[3].startswith("v ← μ·v − η·g = ")
    assert lines[4].startswith("w₁₁⁽¹⁾ ← w₁₁⁽¹⁾ = ") and lines[4].endswith("   since it is frozen")


def test_every_schedule_is_among_those_that_are_checked() -> None:
    assert {Decay.parse(text).name for text in SCHEDULE_TEXTS} == set(SCHEDULES)


@pytest.mark.parametrize("schedule", SCHEDULE_TEXTS)
@pytest.mark.parametrize("warm_up", [0, 4])
def test_every_schedule(schedule: str, warm_up: int) -> None:
    trainer = Trainer(Experiment(hidden=(2,), schedule=Decay.parse(schedule), warm_up=warm_up), TINY)
    for position in (0, 1, 7, 8, 9, 30):
        trainer.advance(position - trainer.position)
        formula = steps.learning_rate(walk_update(trainer))
        assert formula.value == trainer.learning_rate
        check(formula)


@given(
    logits=st.lists(st.floats(-800, 800), min_size=2, max_size=12),
    which=st.integers(0, 100),
    name=st.sampled_from(["cross-entropy", "binary-cross-entropy"]),
)
@settings(max_examples=examples(50))
def test_logarithmic_losses_where_outputs_touch_0_and_1(logits: list[float], which: int, name: str) -> None:
    loss = LOSSES[name]
    activation = ACTIVATIONS[loss.outputs[0]]
    z = np.array([logits])
    with np.errstate(all="ignore"):
        a = activation.function(z)
        y = one_hot_targets(np.array([which % len(logits)]), len(logits), activation)
        value = float(loss.value(z, a, y)[0])

    def quantities(letter: str, values: np.ndarray) -> list[Quantity]:
        return [Quantity(Symbol(letter, str(k)), float(v)) for k, v in enumerate(values[0])]

    case = loss.expression(quantities("z", z), quantities("a", a), quantities("y", y))
    check(make_formula("L", Symbol("L"), value, case))


# ---- Digits.


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=20))
@settings(max_examples=examples(50))
def test_sums_that_cancel_out(pairs: list[tuple[float, float]]) -> None:
    def term(k: int) -> object:
        return times(Quantity(Symbol("x", str(k)), pairs[k][0]), Quantity(Symbol("w", str(k)), pairs[k][1]))

    total = series("i", ONE, len(pairs), term)  # type: ignore[arg-type]
    check(make_formula("z", Symbol("z"), evaluate(total), total))
    x, w = np.array(pairs).T
    check(make_formula("z", Symbol("z"), float(x @ w), total))


def test_as_few_digits_as_will_do_and_no_fewer() -> None:
    a, b = Quantity(Symbol("a"), 1.23456789), Quantity(Symbol("b"), 1.23455)
    formula = make_formula("c", Symbol("c"), a.value - b.value, minus(a, b))
    assert to_text(formula.markup()) == "c = a − b = 1.2345679 − 1.23455 = 1.79e−5"
    formula = make_formula("c", Symbol("c"), a.value * b.value, times(a, b))
    assert to_text(formula.markup()) == "c = a·b = 1.2346·1.2346 = 1.524"  # 1.235·1.235 is 1.525
    formula = make_formula("c", Symbol("c"), 2.0 * b.value, times(Constant(2.0, "2"), b))
    assert to_text(formula.markup()) == "c = 2·b = 2·1.235 = 2.47"  # and not 2.469


def test_a_result_that_is_rounding_alone_gets_an_interval() -> None:
    parts = [Quantity(Symbol("a"), 0.1), Quantity(Symbol("b"), 0.2), Quantity(Symbol("c"), -0.3)]
    formula = make_formula("s", Symbol("s"), 0.1 + 0.2 - 0.3, Sum(tuple(parts)))
    check(formula)
    line = to_text(formula.markup())
    assert line == "s = a + b + c = 0.1 + 0.2 − 0.3 = 0 ± 5e−16"


def test_an_update_shows_its_change() -> None:
    trainer = Trainer(Experiment(hidden=(3,), learning_rate=1e-6, init=Init("normal", 1.0)), TINY)
    (formula,) = steps.weight_update(walk_update(trainer), 1, 0, 0)
    check(formula)
    before = formula.expression.terms[0].shown  # type: ignore[union-attr]
    assert formula.shown != before


def test_what_is_not_finite_is_shown_as_that() -> None:
    huge = Quantity(Symbol("x"), 1e300)
    formula = make_formula("y", Symbol("y"), math.inf, times(huge, huge))
    assert to_text(formula.markup()) == "y = x·x = 1e300·1e300 = ∞"
    assert formula.tolerance == 0.0


# ---- Text.


def test_how_it_is_written() -> None:
    x, w, b = Quantity(Symbol("x", "1"), 2.0), Quantity(Symbol("w", "1", "(2)"), -0.5), Quantity(Symbol("b"), -1e-7)
    c = Quantity(Symbol("c"), 1e-7)
    lines = {
        "x₁·w₁⁽²⁾ + b": (Sum((times(x, w), b)), "2·(−0.5) − 1e−7"),
        "w₁⁽²⁾ − x₁": (minus(w, x), "−0.5 − 2"),
        "−(x₁ + w₁⁽²⁾)": (Negative(Sum((x, w))), "−(2 − 0.5)"),
        "(w₁⁽²⁾)²": (square(w), "(−0.5)²"),
        "b²": (square(b), "(−1e−7)²"),
        "c²·x₁": (times(square(c), x), "(1e−7)²·2"),
        "c·x₁": (times(c, x), "1e−7·2"),
        "(x₁ + b)²": (square(Sum((x, b))), "(2 − 1e−7)²"),
        "1 / (x₁·w₁⁽²⁾)": (Quotient(ONE, times(x, w)), "1 / (2·(−0.5))"),
        "½·(x₁ / b)": (times(HALF, Quotient(x, b)), "½·(2 / (−1e−7))"),
        "e^(−x₁)": (exp(Negative(x)), "e⁻²"),
        "e^(−w₁⁽²⁾)": (exp(Negative(w)), "e^(0.5)"),
        "e^(−(w₁⁽²⁾ − x₁))": (exp(Negative(minus(w, x))), "e^(−(−0.5 − 2))"),
        "|w₁⁽²⁾| − √x₁": (minus(Call("abs", (w,)), Call("sqrt", (x,))), "|−0.5| − √2"),
        "ln(1 + x₁)": (Call("ln1p", (x,)), "ln(1 + 2)"),
        "⌊w₁⁽²⁾⌋·max(x₁, b)": (times(Call("floor", (w,)), Call("max", (x, b))), "⌊−0.5⌋·max(2, −1e−7)"),
    }
    for symbols, (expression, numbers) in lines.items():
        formula = make_formula("", Symbol("y"), evaluate(expression), expression)
        assert (to_text(formula.symbols()), to_text(formula.numbers())) == (symbols, numbers)


def test_html_has_sub_and_sup_and_escapes() -> None:
    z = Quantity(Symbol("z", "1", "(1)"), 0.5)
    formula = make_formula(
        "slope", Symbol("f′(z", "1", "(1)", ")"), 1.0, Case(ONE, (Condition(z, ">", Constant(0, "0")),))
    )
    assert to_html(formula.markup()) == (
        "f′(z<sub>1</sub><sup>(1)</sup>) = 1   since z<sub>1</sub><sup>(1)</sup> &gt; 0: 0.5 &gt; 0"
    )
    assert to_html(make_formula("", Symbol("y"), math.exp(-0.5), exp(Negative(z))).symbols()) == (
        "e<sup>−z<sub>1</sub><sup>(1)</sup></sup>"
    )


def test_a_long_sum_shows_its_first_terms_and_the_rest() -> None:
    total = series("i", ONE, 100, lambda k: Quantity(Symbol("x", str(k)), 1.0 + k))
    formula = make_formula("sum", Symbol("s"), 5050.0, total)
    assert to_text(formula.numbers()) == "1 + 2 + 3 + 4 + 5 + 6 + [… 94 more: 5029]"
    check(formula)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (0.1, 4, "0.1"),
        (0.1 + 2e-17, 4, "0.1000"),
        (0.10000001, 4, "0.1000"),
        (-14.85, 4, "−14.85"),
        (123456.0, 4, "1.235e5"),
        (120000.0, 4, "120000"),
        (2e6, 4, "2e6"),
        (1.23456e-5, 4, "1.235e−5"),
        (0.00012345, 4, "0.0001234"),
        (9.99996, 4, "10.00"),
        (math.nan, 4, "NaN"),
        (-math.inf, 4, "−∞"),
    ],
)
def test_numbers(value: float, digits: int, text: str) -> None:
    assert to_text(write_number(value, digits)) == text


def test_picking_has_no_formula_and_every_phase_else_has() -> None:
    walk = walk_update(Trainer(Experiment(hidden=(3,)), TINY))
    for phase in walk.phases:
        assert bool(phase_formulas(walk, phase)) == (phase.kind != PICK)
    names = [formula.name for formula in phase_formulas(walk, walk.phases[1])]
    assert walk.phases[1].kind == FORWARD
    assert names == ["weighted sum", "activation"]
    assert HIDDEN_ACTIVATIONS


def test_the_penalty_names_the_weights_of_all_layers() -> None:
    walk = walk_update(Trainer(Experiment(features=("x1",), hidden=(2,), l1=0.1, init=Init("normal", 1.0)), TINY))
    formula = steps.penalty_formula(walk)
    assert formula is not None
    found = {to_text(write_symbol(q.symbol)): q.value for q in quantities(formula.expression)}
    assert found.pop("λ₁") == 0.1
    first, second = walk.layers
    wanted = {f"w₁{'₁₂'[j]}⁽¹⁾": float(first.W[0, j]) for j in range(2)}
    wanted |= {f"w{'₁₂'[i]}{'₁₂₃'[j]}⁽²⁾": float(second.W[i, j]) for i, j in np.ndindex(2, 3)}
    assert found == wanted
