"""Who trains the runs: this process, local processes or a Dask cluster; each is an Executor of the standard library."""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

import numpy as np

from core.base.errors import one_line, shorten
from core.base.translation import _
from core.base.version import VERSION
from core.sweeps.run_result import RunResult
from core.sweeps.run_training import RunTask, train_runs
from core.sweeps.sweep_plan import SweepError

INSTALL = _('install Dask first: python -m pip install "dask[distributed]"')
ADDRESS = re.compile(r"((tcp|tls)://)?[^\s:/]+:[0-9]{1,5}|(tcp|tls)://\[[0-9a-fA-F:.]+\]:[0-9]{1,5}")
QUIET = "ignore::UserWarning:loky.backend.resource_tracker"
"""Its process would write on the terminal which files of killed processes it did not find."""

CONNECT_SECONDS = 5
FIRST_WORKER_SECONDS = 30
ORPHAN_SECONDS = 0.5


class _InThisProcess(Executor):
    """Calls a function when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Workers:
    """Trains tasks in this process, one after the other.

    Attributes:
        count: tasks that are trained at the same time.
        ahead: tasks that may wait for a free worker, so that none is idle.
        die_together: whether the death of one worker ends the tasks of all.
        tries: how often a run is trained alone before its workers' deaths are laid to it.
    """

    count, ahead = 1, 0
    die_together, tries = True, 2

    def __init__(self) -> None:
        self._executor: Executor | None = None

    def submit(self, task: RunTask) -> Future[list[RunResult]]:
        """Begin a task."""
        if self._executor is None:
            self._executor = self._open()
        return self._executor.submit(train_runs, task)

    def has_died(self, error: BaseException) -> bool:
        """Whether an error of a task means that the worker that trained it has died."""
        return isinstance(error, BrokenExecutor)

    def renew(self) -> None:
        """Replace dead workers; tasks that are not done are lost."""
        self.close()

    def close(self) -> None:
        """End all workers at once; tasks that are not done are lost."""
        self._executor = None

    def _open(self) -> Executor:
        return _InThisProcess()


class LocalProcesses(Workers):
    """Trains tasks in processes of this machine.

    Args:
        count: how many.
        niceness: 0, or up to 19 for processes that leave the processors to others, where the system knows such a thing.
    """

    def __init__(self, count: int, niceness: int = 0) -> None:
        super().__init__()
        self.count = self.ahead = count
        self._niceness = niceness

    def submit(self, task: RunTask) -> Future[list[RunResult]]:
        """Begin a task. Processes that start meanwhile leave Ctrl+C to this one from their first moment."""
        self._executor = self._executor or self._open()  # not below, since helpers that it starts unblock the signal
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(task)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # they inherit what is blocked
        try:
            return super().submit(task)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """End the processes."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]
            self._executor = None

    def _open(self) -> Executor:
        from multiprocessing import resource_tracker

        try:
            from loky import ProcessPoolExecutor  # here, since few programs need it
        except ImportError:
            raise SweepError(
                _(
                    "Several processes need loky, which is not installed; install it (pip install loky), or train "
                    "in one process with --workers 1."
                )
            ) from None

        known = os.environ.get("PYTHONWARNINGS", "")
        if QUIET not in known:
            os.environ["PYTHONWARNINGS"] = f"{known},{QUIET}".strip(",")
        if os.name != "nt":
            resource_tracker.ensure_running()
        pool: Executor = ProcessPoolExecutor(
            self.count, initializer=_begin_process, initargs=(os.getpid(), self._niceness)
        )
        return pool


def _begin_process(parent: int, niceness: int) -> None:
    """Leave Ctrl+C to the parent, and end with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    if os.name != "nt":
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)


class Cluster(Workers):
    """Trains tasks on a Dask cluster.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises:
        SweepError: Dask is not installed, no scheduler or no worker answers, or the workers have another program.
    """

    die_together, tries = False, 1  # the scheduler has tried a task on several workers before it gives it up

    def __init__(self, address: str) -> None:
        super().__init__()
        try:
            import distributed
        except ImportError:
            raise SweepError(
                _("A cluster needs Dask, which is not installed; {install}").format(install=INSTALL)
            ) from None
        for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told in sentences
        self.address = address
        self._died = distributed.scheduler.KilledWorker
        try:
            self._client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError:
            raise SweepError(
                _(
                    '--scheduler {address}: no scheduler answers; start one with "PYTHONPATH=. dask scheduler" and '
                    "give the address that it prints."
                ).format(address=address)
            ) from None
        try:
            self._check()
        except BaseException:
            self._client.close()
            raise

    def has_died(self, error: BaseException) -> bool:
        """Whether the scheduler gave a task up, since several workers died of it."""
        return isinstance(error, self._died)

    def renew(self) -> None:
        """Nothing: the cluster replaces its workers by itself."""

    def close(self) -> None:
        """Cancel what is not done and leave the cluster."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None
        self._client.close()

    def _open(self) -> Executor:
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def _check(self) -> None:
        """Wait for a worker, and see that all have this program and this NumPy: others leave other bits."""
        try:
            self._client.run_on_scheduler(processors)  # any function: the scheduler must be able to import it
        except Exception as error:  # noqa: BLE001 (as below)
            raise SweepError(
                _(
                    "The scheduler cannot import Backprop Lens ({error}); start it with the program's folder in "
                    "PYTHONPATH, such as: PYTHONPATH=. dask scheduler"
                ).format(error=one_line(str(error), 80))
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
        except TimeoutError:
            raise SweepError(
                _(
                    'The scheduler {address} has no workers; start some with "PYTHONPATH=. dask worker {address}".'
                ).format(address=self.address)
            ) from None
        try:
            found = set(self._client.run(describe_worker).values())
        except Exception as error:  # noqa: BLE001 (Dask hides of which kind it was where the worker failed)
            raise SweepError(
                _(
                    "The workers cannot import Backprop Lens ({error}); start them with its folder in "
                    "PYTHONPATH and everything in its requirements.txt installed."
                ).format(error=one_line(str(error), 80))
            ) from None
        if found - {describe_worker()}:
            other = sorted(found - {describe_worker()})[0]
            raise SweepError(
                _(
                    "The workers have {other}, but this machine {own}; install the same versions, or the "
                    "results differ in their last digits."
                ).format(other=other, own=describe_worker())
            )
        threads = self._client.nthreads()
        self.count = self.ahead = sum(threads.values())


def describe_worker() -> str:
    """The versions on which the bits of a run depend."""
    try:
        import numba

        compiler = f"Numba {numba.__version__}"
    except ImportError:
        compiler = "no Numba"
    return f"Backprop Lens {VERSION} with NumPy {np.__version__} and {compiler}"  # which is compared


def parse_address(text: str) -> str:
    """The address of a scheduler; raises SweepError if it cannot be one."""
    if not ADDRESS.fullmatch(text):
        raise SweepError(_("{text} is not an address such as tcp://127.0.0.1:8786.").format(text=shorten(text)))
    return text


def open_workers(count: int, scheduler: str | None = None) -> Workers:
    """The workers of a sweep: a cluster's, or so many processes; one worker is this process itself."""
    if scheduler is not None:
        return Cluster(scheduler)
    return Workers() if count == 1 else LocalProcesses(count)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
