"""What stands between Python and machine code: arguments are checked, the cache may be damaged, Numba may be absent."""

from __future__ import annotations

import functools
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.random_streams import ORDER as ORDER_STREAM
from core.base.random_streams import stream
from core.engines import kernel_cache, kernel_loading
from core.engines.choosing import make_engine
from core.engines.compiled_engine import CompiledEngine
from core.engines.kernel_cache import cache_folder, private_folder
from core.engines.kernel_loading import CompilerError
from core.engines.kernels.plan import BLOCK
from core.engines.workload import Workload
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network, count_parameters
from core.network.optimizers import OPTIMIZERS, Rule
from core.training.experiment import Experiment
from core.training.sample_order import SampleOrder
from core.training.trainer import Trainer
from tests.core.support import examples, small_dataset

REPOSITORY = Path(__file__).resolve().parents[3]
SIZES, ROWS, BATCH = (2, 3, 2), 6, 4
SGD = Rule(OPTIMIZERS["sgd"])
needs_numba = pytest.mark.needs_numba
needs_uid = pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users with numbers")


def workload(**changes: object) -> Workload:
    rng = np.random.default_rng(0)
    activations = (ACTIVATIONS["tanh"], ACTIVATIONS["softmax"])
    network = Network(SIZES, activations, rng.normal(size=count_parameters(SIZES)))
    fields: dict[str, object] = {
        "network": network,
        "loss": LOSSES["mse"],
        "batch_size": BATCH,
        "inputs": rng.normal(size=(ROWS, 2)),
        "targets": np.eye(2)[[0, 1, 0, 1, 1, 0]],
    }
    return Workload(**(fields | changes))  # type: ignore[arg-type]


def state(load: Workload) -> list[bytes]:
    arrays = load.network.parameters, load.gradient, load.slots, load.before_last, load.inputs, load.targets
    return [array.tobytes() for array in arrays]


# ---- What a run is given.

ORDER, RATES = np.arange(ROWS), np.full(2, 0.1)
Call = tuple[object, object, Rule, int, int]
WRONG_RUNS: dict[str, tuple[str, Call]] = {
    "rows of another type": ("order", (ORDER.astype(np.int32), RATES, SGD, 0, 0)),
    "rows as numbers with a point": ("order", (ORDER.astype(np.float64), RATES, SGD, 0, 0)),
    "rows in two dimensions": ("order", (ORDER.reshape(2, 3), RATES, SGD, 0, 0)),
    "rows with gaps in memory": ("order", (np.repeat(ORDER, 2)[::2], RATES, SGD, 0, 0)),
    "rows backwards in memory": ("order", (ORDER[::-1], RATES, SGD, 0, 0)),
    "no rows": ("order", (ORDER[:0], RATES[:0], SGD, 0, 0)),
    "a row below 0": ("order", (np.array([0, 1, 2, 3, 4, -1]), RATES, SGD, 0, 0)),
    "a row beyond the last": ("order", (np.array([0, ROWS, 2, 3, 4, 5]), RATES, SGD, 0, 0)),
    "a row far beyond": ("order", (np.array([0, 1, 2, 3, 2**62, 5]), RATES, SGD, 0, 0)),
    "a row far below": ("order", (np.array([-(2**63), 1, 2, 3, 4, 5]), RATES, SGD, 0, 0)),
    "too few rates": ("rates", (ORDER, RATES[:1], SGD, 0, 0)),
    "too many rates": ("rates", (ORDER, np.full(3, 0.1), SGD, 0, 0)),
    "rates of another type": ("rates", (ORDER, RATES.astype(np.float32), SGD, 0, 0)),
    "rates with gaps in memory": ("rates", (ORDER, np.full(4, 0.1)[::2], SGD, 0, 0)),
    "rates in two dimensions": ("rates", (ORDER, RATES[:, None], SGD, 0, 0)),
    "a step below 0": ("step", (ORDER, RATES, SGD, -1, 0)),
    "a position below 0": ("position", (ORDER, RATES, SGD, 0, -1)),
    "dropout of 1": ("dropout", (ORDER, RATES, Rule(OPTIMIZERS["sgd"], dropout=1.0), 0, 0)),
    "dropout above 1": ("dropout", (ORDER, RATES, Rule(OPTIMIZERS["sgd"], dropout=1.5), 0, 0)),
    "dropout below 0": ("dropout", (ORDER, RATES, Rule(OPTIMIZERS["sgd"], dropout=-0.1), 0, 0)),
    "dropout that is no number": ("dropout", (ORDER, RATES, Rule(OPTIMIZERS["sgd"], dropout=float("nan")), 0, 0)),
}


@needs_numba
@pytest.mark.parametrize("case", WRONG_RUNS)
def test_a_wrong_argument_of_a_run_is_named_and_changes_nothing(case: str) -> None:
    name, arguments = WRONG_RUNS[case]
    load = workload()
    engine = CompiledEngine(load)
    engine.run(ORDER, RATES, Rule(OPTIMIZERS["adam"]), 0, 0)
    before = state(load)
    with pytest.raises(ValueError, match=name):
        engine.run(*arguments)  # type: ignore[arg-type]
    assert state(load) == before
    engine.run(ORDER, RATES, SGD, 2, 6)
    assert np.isfinite(load.network.parameters).all(), "it can be used afterwards"


@needs_numba
def test_the_same_arguments_put_right_are_taken() -> None:
    engine = CompiledEngine(workload())
    engine.run(ORDER[::-1].copy(), RATES, Rule(OPTIMIZERS["sgd"], dropout=0.99), 2**40, 2**40)


@needs_numba
def test_parameters_that_were_replaced_are_not_written_to_nor_past() -> None:
    load = workload()
    engine = CompiledEngine(load)
    old = load.network.parameters
    load.network.parameters = np.zeros(3)
    kept = old.copy()
    calls: list[Callable[[], object]] = [
        lambda: engine.run(ORDER, RATES, SGD, 0, 0),
        lambda: engine.activations(load.inputs),
        lambda: engine.outputs(load.inputs),
        lambda: engine.shades(load.inputs, np.zeros((3, 2))),
        lambda: engine.decisions(load.inputs, 1.0),
        lambda: engine.measure(load.inputs, load.targets),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="parameters: another array took the place"):
            call()
    np.testing.assert_array_equal(old, kept)
    assert not load.network.parameters.any()
    load.network.parameters = old
    engine.run(ORDER, RATES, SGD, 0, 0)


# ---- What an engine is made for.

F32 = np.float32
WRONG_WORKLOADS: dict[str, tuple[str, Callable[[], Workload]]] = {
    "a batch of 0": ("batch_size", lambda: workload(batch_size=0)),
    "a batch below 0": ("batch_size", lambda: workload(batch_size=-1)),
    "a key below 0": ("key", lambda: workload(key=-1)),
    "a key of 65 bits": ("key", lambda: workload(key=2**64)),
    "inputs of another type": ("inputs", lambda: workload(inputs=np.zeros((ROWS, 2), F32))),
    "too few inputs": ("inputs", lambda: workload(inputs=np.zeros((ROWS, 1)))),
    "flat inputs": ("inputs", lambda: workload(inputs=np.zeros(2 * ROWS))),
    "inputs column by column": ("inputs", lambda: workload(inputs=np.zeros((2, ROWS)).T)),
    "inputs with gaps": ("inputs", lambda: workload(inputs=np.zeros((ROWS, 4))[:, ::2])),
    "targets of another type": ("targets", lambda: workload(targets=np.zeros((ROWS, 2), np.int64))),
    "too many targets": ("targets", lambda: workload(targets=np.zeros((ROWS, 3)))),
    "targets for fewer rows": ("targets", lambda: workload(targets=np.zeros((ROWS - 1, 2)))),
    "targets with gaps": ("targets", lambda: workload(targets=np.zeros((2 * ROWS, 2))[::2])),
}


@needs_numba
@pytest.mark.parametrize("case", WRONG_WORKLOADS)
def test_a_wrong_workload_is_named(case: str) -> None:
    name, make = WRONG_WORKLOADS[case]
    with pytest.raises(ValueError, match=f"^{name}: "):
        CompiledEngine(make())


@needs_numba
@pytest.mark.parametrize(
    "parameters",
    [np.zeros(16), np.zeros(18), np.zeros(17, F32), np.zeros((17, 1)), np.zeros(34)[::2]],
    ids=["short", "long", "float32", "two dimensions", "gaps"],
)
def test_wrong_parameters_are_named(parameters: np.ndarray) -> None:
    load = workload()
    load.network.parameters = parameters
    with pytest.raises(ValueError, match=r"^parameters: "):
        CompiledEngine(load)


@needs_numba
@pytest.mark.parametrize("name", ["gradient", "before_last", "slots"])
def test_wrong_memory_is_named(name: str) -> None:
    load = workload()
    for wrong in (getattr(load, name)[:-1], getattr(load, name).astype(F32), np.zeros(0)):
        object.__setattr__(load, name, wrong)
        with pytest.raises(ValueError, match=f"^{name}: "):
            CompiledEngine(load)


@needs_numba
@pytest.mark.parametrize(
    ("name", "inputs", "targets"),
    [
        ("inputs", np.zeros((5, 3)), np.zeros((5, 2))),
        ("inputs", np.zeros((5, 2), F32), np.zeros((5, 2))),
        ("inputs", np.zeros((10, 2))[::2], np.zeros((5, 2))),
        ("targets", np.zeros((5, 2)), np.zeros((4, 2))),
        ("targets", np.zeros((5, 2)), np.zeros((5, 1))),
        ("targets", np.zeros((5, 2)), np.zeros((5, 2), np.int64)),
    ],
)
def test_wrong_samples_to_measure_are_named(name: str, inputs: np.ndarray, targets: np.ndarray) -> None:
    engine = CompiledEngine(workload())
    with pytest.raises(ValueError, match=f"^{name}: "):
        engine.measure(inputs, targets)
    if name == "inputs":
        calls: list[Callable[[], object]] = [
            lambda: engine.activations(inputs),
            lambda: engine.shades(inputs, np.zeros((3, 2))),
            lambda: engine.decisions(inputs, 1.0),
        ]
        for call in calls:
            with pytest.raises(ValueError, match=r"^inputs: "):
                call()


@needs_numba
def test_a_scale_for_each_layer_and_a_sample_are_asked_for() -> None:
    engine = CompiledEngine(workload())
    with pytest.raises(ValueError, match=r"^ends: "):
        engine.shades(np.zeros((4, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"^inputs: "):
        engine.shades(np.zeros((0, 2)), np.zeros((3, 2)))


# ---- The order of the samples.


@needs_numba
@pytest.mark.parametrize("seed", [0, 5, 2**40 + 3, 2**64 - 1])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 100, 1000, 70_001])
def test_orders_are_those_that_numpy_draws(seed: int, length: int) -> None:
    kernel_loading.load_kernels()
    assert kernel_loading.can_draw_orders()
    for first in (0, 3, 2**33):
        found = np.empty((3, length), dtype=np.int64)
        kernel_loading.draw_orders(seed, ORDER_STREAM, first, found)
        for epoch, order in enumerate(found, first):
            np.testing.assert_array_equal(order, stream(seed, ORDER_STREAM, epoch).permutation(length))


@needs_numba
def test_where_numpy_draws_in_another_way_it_draws_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_loading.load_kernels()
    monkeypatch.setattr(kernel_loading, "stream", lambda *_: np.random.default_rng(0))
    assert not kernel_loading._draws_as_numpy()
    monkeypatch.setattr(kernel_loading, "_can_draw_orders", False)
    monkeypatch.setattr(kernel_loading, "draw_orders", None)
    order = SampleOrder(Experiment(seed=3), 50, 1)
    np.testing.assert_array_equal(order.between(60, 130), np.concatenate(
        [stream(3, ORDER_STREAM, 1).permutation(50)[10:], stream(3, ORDER_STREAM, 2).permutation(50)[:30]]
    ))  # fmt: skip


@needs_numba
@pytest.mark.parametrize(("seed", "first", "length"), [(-1, 0, 5), (2**128, 0, 5), (0, -1, 5), (0, 0, 2**32)])
def test_what_no_order_can_be_drawn_for_is_refused(seed: int, first: int, length: int) -> None:
    kernel_loading.load_kernels()
    with pytest.raises(ValueError, match="must be at least 0"):
        kernel_loading.draw_orders(seed, ORDER_STREAM, first, np.empty((0, length), dtype=np.int64))


@settings(max_examples=examples(30))
@given(st.data())
def test_an_order_is_a_function_of_the_position(data: st.DataObject) -> None:
    length, seed = data.draw(st.integers(1, 40)), data.draw(st.integers(0, 9))
    order = SampleOrder(Experiment(seed=seed), length, 1)
    wanted = np.concatenate([stream(seed, ORDER_STREAM, epoch).permutation(length) for epoch in range(9)])
    for _ in range(12):
        first = data.draw(st.integers(0, 8 * length))
        end = data.draw(st.integers(first + 1, 9 * length))
        np.testing.assert_array_equal(order.between(first, end), wanted[first:end])
        at = data.draw(st.integers(0, 9 * length - 1))
        assert order.at(at) == wanted[at]


@needs_numba
@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 1000])
def test_any_number_of_samples_is_measured_within_bounds(n: int) -> None:
    load = workload()
    engine = CompiledEngine(load)
    x, y = np.random.default_rng(n).normal(size=(n, 2)), np.zeros((n, 2))
    losses, outputs = engine.measure(x, y)
    assert (losses.shape, outputs.shape) == ((n,), (n, 2))
    np.testing.assert_allclose(outputs, load.network.forward(x).output if n else outputs, rtol=1e-12)
    assert [a.shape for a in engine.activations(x)] == [(n, 3), (n, 2)]


@needs_numba
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=examples(20), deadline=None)
def test_a_product_has_the_same_bits_on_processors_with_few_registers(
    units: int, units_below: int, blocks: int, seed: int
) -> None:
    columns = blocks * BLOCK
    numbers = np.random.default_rng(seed).normal(size=units * (units_below + 1) + units_below * columns)
    memory = np.concatenate([numbers, np.full(2 * units * columns + 1, np.nan)])
    below, fours, twos = units * (units_below + 1), len(numbers), len(numbers) + units * columns
    weigh_both_ways()(memory, below, units_below, fours, twos, units, columns)
    np.testing.assert_array_equal(memory[fours:twos], memory[twos:-1])
    assert np.isfinite(memory[:-1]).all()
    assert np.isnan(memory[-1])


@functools.cache
def weigh_both_ways() -> Callable[..., None]:
    from numba import njit

    from core.engines.kernels.evaluation_kernels import weigh_by_fours, weigh_by_twos

    def weigh(memory: Any, below: int, units_below: int, fours: int, twos: int, units: int, columns: int) -> None:
        weigh_by_fours(memory, 0, below, units_below, fours, units, columns)
        weigh_by_twos(memory, 0, below, units_below, twos, units, columns)

    return njit(weigh)


# ---- Where compiled code is kept.


def test_the_first_place_that_can_be_written_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the place of a folder")
    bad, good, other = tmp_path / "file" / "kernels", tmp_path / "a" / "b", tmp_path / "c"
    assert cache_folder([bad, good, other]) == good
    assert good.is_dir()
    assert list(good.iterdir()) == [], "nothing is left of the trial"
    assert not other.exists()


def test_without_such_a_place_a_private_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    folder = cache_folder([tmp_path / "file" / "kernels"])
    assert folder is not None
    assert folder.parent == tmp_path
    if hasattr(os, "getuid"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert cache_folder([tmp_path / "file"]) == folder, "the next run finds it again"


def test_without_any_place_there_is_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file"))
    assert cache_folder([tmp_path / "file"]) is None
    monkeypatch.setattr(kernel_cache, "_cache_candidates", list)
    assert kernel_cache.cached(["measure"]) == []


@needs_uid
def test_a_private_folder_that_somebody_else_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in it will be run: it must not have been put there by another."""
    stranger = os.getuid() + 12345
    monkeypatch.setattr(os, "getuid", lambda: stranger)
    name = f"{kernel_cache.folder_name()}-{stranger}"
    (tmp_path / name).mkdir(mode=0o700)  # it belongs to whoever runs this test
    assert private_folder(tmp_path) is None
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert cache_folder([]) is None


@needs_uid
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o701, 0o740])
def test_a_private_folder_that_others_may_enter_is_refused(mode: int, tmp_path: Path) -> None:
    folder = private_folder(tmp_path)
    assert folder is not None
    folder.chmod(mode)
    assert private_folder(tmp_path) is None
    folder.chmod(0o700)
    assert private_folder(tmp_path) == folder


@needs_uid
def test_a_link_or_a_file_in_the_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    folder = private_folder(tmp_path)
    assert folder is not None
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert private_folder(tmp_path) is None
    folder.unlink()
    folder.write_text("")
    assert private_folder(tmp_path) is None


def one_more(x: float) -> float:
    return x + 1.0


def compile_one_more(cache: bool) -> Callable[[float], float]:
    """Numba's own cache with a function that it compiles in no time, in the place of the kernels."""
    from numba import float64, njit

    compiled: Callable[[float], float] = njit(float64(float64), cache=cache)(one_more)
    return compiled


@needs_numba
@pytest.mark.parametrize("damage", ["cut", "emptied", "zeros", "garbage"])
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_cache_is_thrown_away(
    damage: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels"
    folder.mkdir()
    kernel_loading._compile(folder, compile_one_more)
    files = list(folder.rglob(f"*{suffix}"))
    assert files, "the case is of no use"
    for file in files:
        whole = file.read_bytes()
        contents = {"cut": whole[:-9], "emptied": b"", "zeros": bytes(len(whole)), "garbage": os.urandom(300)}
        file.write_bytes(contents[damage])
    mended = kernel_loading._compile(folder, compile_one_more)
    assert mended(1.0) == 2.0  # type: ignore[operator]
    folder.mkdir(exist_ok=True)
    kernel_loading._compile(folder, compile_one_more)
    assert list(folder.rglob("*.nbc")), "the next run keeps it again"


@needs_numba
def test_numbas_own_settings_are_left_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    before = numba.config.CACHE_DIR
    kernel_loading._compile(tmp_path, compile_one_more)
    assert before == numba.config.CACHE_DIR
    assert list(tmp_path.rglob("*.nbi"))


def test_the_cache_goes_by_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    name, read = kernel_cache.folder_name(), Path.read_bytes
    assert kernel_cache.folder_name() == name
    for changed in ("passes.py", "update_kernels.py", "activations.py", "optimizers.py"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", lambda self, which=changed: read(self) + b"#" * (self.name == which))
            assert kernel_cache.folder_name() != name, changed


# ---- Where Numba is absent or does not work.


@pytest.fixture
def not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_loading, "_kernels", {})
    monkeypatch.setattr(kernel_loading, "_failure", None)


@pytest.mark.usefixtures("not_loaded")
def test_a_failure_is_told_in_one_sentence_and_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken(folder: Path | None, compile_all: object) -> None:
        calls.append(folder)
        raise ImportError("Numba needs NumPy 2.0 or less.\nGot NumPy 9.9.")

    monkeypatch.setattr(kernel_loading, "_compile", broken)
    for _ in range(2):
        with pytest.raises(CompilerError) as caught:
            kernel_loading.load_kernels()
        assert str(caught.value) == (
            "The compiled engine cannot be loaded (Numba needs NumPy 2.0 or less); install a Numba that goes with this "
            "NumPy (pip install --upgrade numba), or choose the engine numpy."
        )
    assert len(calls) == 1
    assert not kernel_loading.is_loaded()
    with pytest.raises(CompilerError):
        make_engine("compiled", workload())
    assert make_engine("compiled", workload(), fall_back=True).name == "numpy"


@pytest.mark.usefixtures("not_loaded")
def test_a_run_falls_back_before_its_first_update_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path | None, compile_all: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(kernel_loading, "_compile", broken)
    monkeypatch.setattr(kernel_loading, "is_available", lambda: True)
    dataset = small_dataset(10)
    automatic, wanted, plain = (Trainer(Experiment(engine=name), dataset) for name in ("auto", "compiled", "numpy"))
    assert automatic.engine_name == "compiled"
    automatic.advance(20)
    plain.advance(20)
    assert automatic.engine_name == "numpy"
    assert automatic.network.parameters.tobytes() == plain.network.parameters.tobytes()
    before = wanted.network.parameters.copy()
    with pytest.raises(CompilerError):
        wanted.advance(20)
    assert wanted.position == 0
    np.testing.assert_array_equal(wanted.network.parameters, before)


COMMANDS = """
import contextlib, io, sys
{setup}
sys.path.insert(0, sys.argv[1])
from cli.main import main
from core.engines.choosing import resolve
print("auto is", resolve("auto"))
for line in sys.argv[2:]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(line.split())
    print(status, len(err.getvalue().splitlines()), (out.getvalue() + err.getvalue()).splitlines()[-1])
print("PyQt5" in sys.modules)
"""


def commands(setup: str, *lines: str) -> list[str]:
    """Run command lines in another Python, one after another; a line for each, between one on auto and one on Qt."""
    program = COMMANDS.replace("{setup}", setup)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(REPOSITORY), *lines],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_where_numba_is_absent_numpy_does_the_work_and_compiled_is_refused() -> None:
    auto, automatic, numpy, compiled, check, qt = commands(
        'sys.modules["numba"] = None',  # what Python takes for a package that is not there
        "train --preset gauss --epochs 1",
        "train --preset gauss --epochs 1 --engine numpy",
        "train --preset gauss --epochs 1 --engine compiled",
        "check-gradients --preset gauss",
    )
    assert auto == "auto is numpy"
    assert automatic.startswith("0 0 epoch=1 ")
    assert numpy == automatic
    assert compiled.startswith("2 1 The compiled engine cannot be loaded (")
    assert compiled.endswith("(pip install --upgrade numba), or choose the engine numpy.")
    assert check.startswith("0 0 Right: ")
    assert "the NumPy engine" in check
    assert qt == "False"


def test_where_numba_does_not_work_auto_falls_back_and_compiled_is_refused(tmp_path: Path) -> None:
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text(
        'raise ImportError("Numba needs NumPy 2.0 or less. Got NumPy 9.9.")'
    )
    auto, automatic, numpy, compiled, check, _ = commands(
        f"sys.path.insert(0, {str(tmp_path)!r})",
        "train --preset gauss --epochs 1",
        "train --preset gauss --epochs 1 --engine numpy",
        "train --preset gauss --epochs 1 --engine compiled",
        "check-gradients --preset gauss --epochs 1",
    )
    assert auto == "auto is compiled", "it is there, and not tried before it is needed"
    assert automatic.startswith("0 0 epoch=1 ")
    assert numpy == automatic
    assert compiled.startswith(
        "2 1 The compiled engine cannot be loaded (Numba needs NumPy 2.0 or less. Got NumPy 9.9); install a Numba"
    )
    assert check.startswith("0 0 Right: ")
