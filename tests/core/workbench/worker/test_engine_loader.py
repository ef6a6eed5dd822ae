"""The loader of the compiled engine: nobody waits for it when the window closes."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from core.engines import kernel_cache, kernel_loading
from core.workbench.messages import CheckGradients, Load, Play
from core.workbench.worker.engine_loader import EngineLoader
from tests.core.workbench.support import SECONDS, SHALLOW, WorkerDriver


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Compiling never ends, and no process can be started for it; the event is set when it has begun."""
    begun, end = threading.Event(), threading.Event()

    def compile_for_ever() -> None:
        begun.set()
        assert end.wait(SECONDS)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(kernel_cache, "is_cached", lambda: False)
    monkeypatch.setattr(kernel_loading, "is_loaded", lambda: False)
    monkeypatch.setattr(kernel_loading, "load", compile_for_ever)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    yield begun
    end.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name == "engine loader":
            thread.join(SECONDS)


def test_closing_waits_for_no_compilation(compiling: threading.Event) -> None:
    loader = EngineLoader()
    loader.start()
    assert compiling.wait(SECONDS)
    loader.close()
    assert loader.is_running
    assert not loader.has_ended


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

    monkeypatch.setattr(kernel_cache, "is_cached", lambda: False)
    monkeypatch.setattr(kernel_loading, "is_loaded", lambda: False)
    monkeypatch.setattr(subprocess, "Popen", start)
    loader = EngineLoader()
    loader.start()
    while not started:
        assert loader.is_running
    loader.close()
    assert started[0].wait(SECONDS) != 0
    loader._thread.join(SECONDS)  # type: ignore[union-attr]
    assert not loader.is_running
