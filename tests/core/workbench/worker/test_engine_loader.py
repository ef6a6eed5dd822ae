"""The loader of the compiled engine: nobody waits for it when the window closes."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.engines import kernel_cache, kernel_loading
from core.engines.kernel_loading import KERNELS
from core.explain.maps import Plane
from core.explain.snapshot import Request
from core.workbench.messages import ChangeSettings, CheckGradients, Load, Pause, Play, RunEpochs, Step
from core.workbench.worker.engine_loader import EngineLoader
from tests.core.workbench.support import SECONDS, SHALLOW, WorkerDriver, make_trainer, shown

WITH_MAPS = Request(output=Plane((0.0, 1.0), (0.0, 1.0), 8, 8))


def refuse(*_: Any, **__: Any) -> None:
    raise OSError("no more processes")


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Compiling never ends, and no process can be started for it; the event is set when it has begun."""
    begun, end = threading.Event(), threading.Event()

    def compile_for_ever(*_: str) -> None:
        begun.set()
        assert end.wait(SECONDS)

    monkeypatch.setattr(kernel_cache, "cached", lambda _: [])
    monkeypatch.setattr(kernel_loading, "is_loaded", lambda *_: False)
    monkeypatch.setattr(kernel_loading, "load_kernels", compile_for_ever)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    yield begun
    end.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name == "engine loader":
            thread.join(SECONDS)


def test_closing_waits_for_no_compilation(compiling: threading.Event) -> None:
    loader = EngineLoader()
    loader.start(["train_narrow"])
    assert compiling.wait(SECONDS)
    loader.close()
    assert loader.is_running
    assert not loader.has_ended


@pytest.mark.needs_numba
@pytest.mark.parametrize("command", [Play(), CheckGradients()])
def test_a_worker_that_awaits_its_engine_ends_at_once(compiling: threading.Event, command: Any) -> None:
    driver = WorkerDriver()
    driver.send(Load(SHALLOW.replace(engine="auto")), command)
    driver.until(lambda report: report.state.preparing)
    assert compiling.wait(SECONDS)
    driver.worker.close()
    assert not driver.worker.is_alive()


def test_closing_ends_the_process_that_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process in its place, which would run for long."""
    popen, started = subprocess.Popen, []

    def start(command: list[str], **options: Any) -> Any:
        started.append(popen([command[0], "-c", "import time; time.sleep(600)"], **options))
        return started[-1]

    monkeypatch.setattr(kernel_cache, "cached", lambda _: [])
    monkeypatch.setattr(kernel_loading, "is_loaded", lambda *_: False)
    monkeypatch.setattr(subprocess, "Popen", start)
    loader = EngineLoader()
    loader.start(["train_narrow"])
    while not started:
        assert loader.is_running
    loader.close()
    assert started[0].wait(SECONDS) != 0
    loader._thread.join(SECONDS)  # type: ignore[union-attr]
    assert not loader.is_running


@pytest.fixture
def cached(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Nothing is loaded, and the processes that compile never end; the set says what they have compiled so far."""
    names, popen, started = set[str](), subprocess.Popen, []
    kernel_loading.load_kernels()
    compiled = dict(kernel_loading._kernels)

    def start(command: list[str], **options: Any) -> Any:
        started.append(popen([command[0], "-c", "import time; time.sleep(600)"], **options))
        return started[-1]

    monkeypatch.setattr(kernel_loading, "_kernels", {})
    monkeypatch.setattr(kernel_loading, "_compile_kernel", lambda name, _: compiled[name])
    monkeypatch.setattr(kernel_cache, "cached", lambda wanted: [name for name in wanted if name in names])
    monkeypatch.setattr(subprocess, "Popen", start)
    yield names
    for process in started:
        process.kill()
        process.wait(SECONDS)


@pytest.mark.needs_numba
def test_a_run_begins_when_its_own_kernels_are_there(cached: set[str]) -> None:
    """The picture comes from NumPy until the last part is there, and the bits from the compiled engine alone."""
    driver = WorkerDriver()
    driver.send(Load(SHALLOW.replace(engine="auto")), Play())
    waiting = driver.until(lambda report: report.state.loading == (0, len(KERNELS)))
    assert waiting.state.preparing
    assert shown(waiting).position == 0
    cached.add("measure")
    driver.until(lambda report: report.state.loading == (1, len(KERNELS)))
    assert shown(driver.ask(WITH_MAPS)).position == 0, "what trains is still missing"
    cached.add("train_narrow")
    playing = driver.until(lambda report: shown(report).position > 0)
    assert not playing.state.preparing
    assert playing.state.loading == (2, len(KERNELS))
    picture = shown(driver.ask(WITH_MAPS))
    assert picture.output is not None, "drawn by NumPy meanwhile"
    driver.send(ChangeSettings({"optimizer": "momentum"}))
    stopped = driver.until(lambda report: report.state.preparing)
    assert shown(stopped).position == shown(driver.ask()).position, "it waits for the kernel that it now needs"
    cached.update(KERNELS)
    driver.until(lambda report: report.state.loading is None and shown(report).position > shown(stopped).position)
    driver.send(Pause())
    end = driver.arrive()
    driver.worker.close()
    again = make_trainer(SHALLOW.replace(engine="compiled"))
    again.advance(shown(stopped).position)
    again.change(optimizer="momentum")
    again.advance(end.position - again.position)
    assert np.array_equal(again.network.parameters, end.parameters)
    assert not driver.notices


@pytest.mark.needs_numba
def test_a_step_is_made_behind_a_run_that_waits_for_its_engine(cached: set[str]) -> None:
    """It ended the run, of which nothing was seen yet, without a word."""
    driver = WorkerDriver()
    driver.send(Load(SHALLOW.replace(engine="auto")), RunEpochs(3))
    driver.until(lambda report: report.state.preparing)
    driver.send(RunEpochs(3), Step("epoch"), Step("sample"))
    waiting = driver.ask()
    assert waiting.state.playing and waiting.state.goal == (0, 4001)
    cached.update(KERNELS)
    assert driver.arrive().position == 4001
    driver.send(RunEpochs(1_000_000))
    driver.until(lambda report: shown(report).position > 4001)
    driver.send(Step("epoch"))
    assert driver.arrive().position < 1_000_000_000, "a run that goes on is ended by a step"
    driver.worker.close()
    assert not driver.notices


@pytest.mark.needs_numba
def test_what_no_process_compiles_is_compiled_here(monkeypatch: pytest.MonkeyPatch, cached: set[str]) -> None:
    monkeypatch.setattr(subprocess, "Popen", refuse)
    loader = EngineLoader()
    loader.start(["train_batches"])
    loader._thread.join(SECONDS)  # type: ignore[union-attr]
    assert next(iter(kernel_loading._kernels)) == "train_batches", "what is wanted comes first"
    assert kernel_loading.is_loaded()
    assert loader.has_ended
    assert not kernel_loading.is_expected("evaluate")
