"""``sweep``: every row is what ``train`` gives with the same options, wherever it is trained and whatever is killed."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from cli.main import main
from core.engines import kernel_loading

REPOSITORY = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
Row = dict[str, str]

BASE = ["--preset", "moons", "--points", "60", "--activation", "relu", "--output", "linear"]
VARIED = ["--vary", "learning-rate=0.01;1e6;0.5", "--vary", "hidden=4;8,8"]
ENGINES = [*VARIED[:2], "--vary", "engine=numpy;auto"]
"""Some runs are trained alone, the others in lanes where Numba is installed."""
LENGTH = ["--seeds", "3", "--epochs", "8", "--weights"]
SWEEP = [*BASE, *VARIED, *LENGTH]


@pytest.fixture(scope="module", autouse=True)
def lanes() -> None:
    """Compiled once, so that no program that a test starts and waits for has to."""
    if kernel_loading.is_available():
        kernel_loading.load_lanes()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def sweep(*options: str) -> int:
    return main(["sweep", *options])


def rows(folder: str) -> list[Row]:
    with open(Path(folder) / "runs.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def train(base: list[str], row: Row, names: list[str], capsys: Capture) -> None:
    """Train with the options of a row, and compare losses, scores and weights."""
    options = [f"--{name}={row[name]}" for name in (*names, "seed")]
    capsys.readouterr()
    status = main(["train", *base, *options, "--weights", "trained.npz"])
    out = capsys.readouterr().out
    assert status == {"done": 0, "diverged": 2}[row["status"]]
    if status == 0:
        result = dict(word.split("=") for word in out.splitlines()[-1].split())
        assert [row["epochs"], *(row[name] for name in list(result)[1:])] == list(result.values())
    words = [*(f"{name}={row[name]}" for name in names), f"seed={row['seed']}"]
    name = f"{' '.join(words)}.npz"
    assert (Path("out/weights") / name).read_bytes() == Path("trained.npz").read_bytes(), name


def check_all(capsys: Capture, base: list[str] = BASE, epochs: str = "8", second: str = "hidden") -> None:
    found = rows("out")
    assert list(found[0]) == [
        "learning-rate", second, "seed", "epochs", "train_loss", "test_loss", "train_accuracy", "test_accuracy",
        "status", "seconds",
    ]  # fmt: skip
    keys = {(row["learning-rate"], row[second], row["seed"]) for row in found}
    values = {"hidden": ("4", "8,8"), "engine": ("numpy", "auto")}[second]
    assert keys == {(rate, value, seed) for rate in ("0.01", "1e6", "0.5") for value in values for seed in "012"}
    assert len(found) == 18
    for row in found:
        train([*base, "--epochs", epochs], row, ["learning-rate", second], capsys)


def test_every_row_is_what_train_gives(capsys: Capture) -> None:
    assert sweep(*SWEEP, "--out", "out") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert re.fullmatch(r"runs=18 done=\d+ diverged=\d+ failed=0 seconds=[\d.]+\n", out)
    assert {row["status"] for row in rows("out")} == {"done", "diverged"}
    check_all(capsys)


def test_every_row_of_local_processes_is_what_train_gives(capsys: Capture) -> None:
    assert sweep(*BASE, *ENGINES, *LENGTH, "--out", "out", "--workers", "2") == 0
    check_all(capsys, second="engine")


def test_numbers_early_stopping_and_given_weights(capsys: Capture) -> None:
    base = ["--data", "plane", "--points", "40", "--hidden", "3", "--train-fraction", "0.6", "--output", "linear"]
    base += ["--patience", "2", "--epochs", "30"]
    assert main(["train", *base, "--seed", "9", "--epochs", "1", "--weights", "initial.npz"]) == 0
    base += ["--initial-weights", "initial.npz"]
    assert sweep(*base, "--vary", "l2=0;0.1", "--seeds", "4", "--weights", "--out", "out") == 0
    found = rows("out")
    assert {"train_r2", "test_r2"} < set(found[0])
    assert len({row["epochs"] for row in found}) > 1, "some stop early"
    for row in found:
        train(base, row, ["l2"], capsys)


def test_a_sweep_of_seeds_alone(capsys: Capture) -> None:
    assert (
        sweep("--preset", "gauss", "--points", "20", "--seed", "3", "--seeds", "4", "--epochs", "1", "--out", "out")
        == 0
    )
    assert [row["seed"] for row in rows("out")] == ["3", "4", "5", "6"]
    assert next(iter(rows("out")[0])) == "seed"


def test_a_sweep_goes_on_where_it_was_and_another_is_refused(capsys: Capture) -> None:
    assert sweep(*SWEEP, "--out", "out") == 0
    lines = Path("out/runs.csv").read_text().splitlines(keepends=True)
    Path("out/runs.csv").write_text("".join(lines[:8]) + lines[8][:11])
    assert sweep(*SWEEP, "--out", "out") == 0
    assert Path("out/runs.csv").read_text().splitlines(keepends=True)[:8] == lines[:8]
    check_all(capsys)
    capsys.readouterr()
    assert sweep(*BASE, *VARIED, "--seeds", "3", "--epochs", "9", "--weights", "--out", "out") == 2
    err = capsys.readouterr().err
    assert err == "out holds another sweep (epochs: 8 there, 9 here); choose another folder with --out.\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--seeds", "2"], "--out is missing"),
        (["--out", "out", "--vary", "learning-rat=1"], "--vary: there is no option"),
        (["--out", "out", "--vary", "learning-rate=0"], "--learning-rate: 0.0 must be a finite number above 0"),
        (["--out", "out", "--vary", "l2=0;1", "--l2", "1"], "l2 is given and varies"),
        (["--out", "out", "--seeds", "0"], "--seeds: 0 must be a whole number of at least 1"),
        (["--out", "out", "--random", "3"], "--random needs something that varies"),
        (["--out", "out", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "--workers has no meaning"),
        (["--out", "out", "--scheduler", "nonsense://x"], '"nonsense://x" is not an address such as'),
        (["--out", "out", "--initial-weights", "none.npz"], "There is no file none.npz"),
        (["--out", "no/\0", "--seeds", "2"], "cannot be made"),
    ],
)
def test_wrong_input_is_one_sentence_and_changes_nothing(options: list[str], told: str, capsys: Capture) -> None:
    assert sweep(*options) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_options_without_effect_are_named(capsys: Capture) -> None:
    options = [*BASE, "--epochs", "0", "--vary", "momentum=0.1;0.2", "--out", "out"]
    assert sweep(*options) == 0
    assert "--vary momentum has no effect: the optimizer sgd takes none." in capsys.readouterr().err
    assert sweep(*options[:-2], "--vary", "optimizer=sgd;adam", "--out", "other") == 0
    assert capsys.readouterr().err == ""


def test_runs_that_fail_are_rows_that_say_so(capsys: Capture) -> None:
    Path("points.csv").write_text("".join(f"{i},{i % 5},{i % 2}\n" for i in range(8)))
    assert sweep("--data", "points.csv", "--epochs", "1", "--vary", "only-sample=none;7;9", "--out", "out") == 0
    assert "1 of 3 runs failed; messages.csv in out says why." in capsys.readouterr().err
    assert [row["status"] for row in rows("out")] == ["done", "done", "failed"]
    assert "behind the last row" in Path("out/messages.csv").read_text()


# ---- Programs that are ended from outside.


def start(*options: str) -> subprocess.Popen[str]:
    words = [sys.executable, str(REPOSITORY / "main.py"), "sweep", *options, "--out", "out"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_rows(process: subprocess.Popen[str], count: int) -> None:
    give_up = time.monotonic() + 60.0
    while not (Path("out/curves.csv").exists() and Path("out/runs.csv").read_text().count("\n") > count):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up, "no rows"
        time.sleep(0.02)


LONG = ["--preset", "spiral", "--epochs", "100", "--engine", "numpy", "--points", "100", "--vary", "l2=log:1e-4..1:12"]
ENDLESS = ["--preset", "spiral", "--epochs", "400", "--engine", "numpy", "--vary", "hidden=1;256,256,256"]
"""Its first run is soon done, its second not before somebody ends it."""


@pytest.mark.parametrize("seconds", [0.1, 0.7])
def test_ctrl_c_while_processes_start(seconds: float) -> None:
    process = start(*ENDLESS, "--workers", "2")
    wait_for_rows(process, 0)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("\n") <= 1, err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_with_a_sentence(workers: str, capsys: Capture) -> None:
    process = start(*LONG, "--workers", workers)
    wait_for_rows(process, 1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all processes get it
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.fullmatch(r"Stopped: \d+ of 12 runs are done, in out; give the same command again to go on\.\n", err)
    assert out == ""
    done = rows("out")
    assert 0 < len(done) < 12
    assert sweep(*LONG, "--out", "out") == 0
    assert rows("out")[: len(done)] == done
    assert len({row["l2"] for row in rows("out")}) == len(rows("out")) == 12


def test_processes_end_with_the_program_that_started_them() -> None:
    process = start(*ENDLESS, "--workers", "2")
    wait_for_rows(process, 1)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.communicate()
        pytest.skip("this system does not list the children of a process")
    workers = [int(word) for word in children.read_text().split()]
    assert len(workers) >= 2
    process.kill()
    process.communicate()
    give_up = time.monotonic() + 60.0
    while any(is_running(worker) for worker in workers):
        assert time.monotonic() < give_up, "a process was left behind"
        time.sleep(0.05)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ---- A cluster.


needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason='Dask is not installed: pip install "dask[distributed]"'
)


@contextmanager
def dask(*words: str, path: str = ".") -> Iterator[subprocess.Popen[str]]:
    """A part of a cluster, started in the folder of the program with its path, as the guide says."""
    environment = {**os.environ, "PYTHONPATH": path, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        ["dask", *words, "--no-dashboard"],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a nanny's worker as well
        process.communicate()


def of_the_guide() -> list[list[str]]:
    """The words of the commands by which the guide starts a scheduler, workers and a sweep."""
    text = (REPOSITORY / "docs" / "guide" / "many-runs.md").read_text(encoding="utf-8")
    block = text[text.index("```\nPYTHONPATH=. dask scheduler") :].split("```")[1].strip().splitlines()
    begins = ("PYTHONPATH=. dask scheduler", "PYTHONPATH=. dask worker", "python main.py sweep")
    assert len(block) == len(begins)
    assert all(line.startswith(begin) for line, begin in zip(block, begins, strict=True))
    return [shlex.split(line) for line in block]


def address_of(scheduler: subprocess.Popen[str]) -> str:
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        if match := re.search(r"Scheduler at:\s*(tcp://\S+)", line):
            return match[1]
    raise AssertionError("the scheduler did not start")


@needs_dask
def test_a_cluster_gives_the_same_rows_though_a_worker_is_killed(capsys: Capture) -> None:
    with ExitStack() as stack:
        scheduler = stack.enter_context(dask("scheduler", "--host", "127.0.0.1", "--port", "0"))
        address = address_of(scheduler)
        workers = [
            stack.enter_context(dask("worker", address, "--nthreads", "1", "--no-nanny", "--name", name))
            for name in ("first", "second")
        ]
        process = start(*BASE, *ENGINES, "--seeds", "3", "--epochs", "60", "--weights", "--scheduler", address)
        wait_for_rows(process, 1)
        workers[0].kill()
        assert len(rows("out")) < 18
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert err == ""
        assert out.splitlines()[-1].startswith("runs=18 ")  # behind the progress of a slow machine
    check_all(capsys, BASE, "60", "engine")


@needs_dask
def test_the_commands_of_the_guide_start_a_cluster() -> None:
    scheduler, worker, command = of_the_guide()
    said = "tcp://127.0.0.1:8786"
    assert said in worker
    assert said in command
    with dask(*scheduler[2:-2], "--port", "0") as started:  # the port of the guide may be taken
        address = address_of(started)
        with dask(*(address if word == said else word for word in worker[2:])):
            words = [sys.executable, str(REPOSITORY / "main.py"), *command[2:-1], address]
            done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("runs=24 done=24 ")


@needs_dask
def test_workers_without_the_program_are_told_of() -> None:
    with dask("scheduler", "--host", "127.0.0.1", "--port", "0") as started:
        address = address_of(started)
        with dask("worker", address, "--nthreads", "1", "--no-nanny", path="nowhere"):
            process = start(*SWEEP, "--scheduler", address)
            _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("The workers cannot import Backprop Lens (")
    assert err.count("\n") == 1
    assert rows("out") == []


@needs_dask
def test_a_scheduler_without_the_program_is_told_of() -> None:
    with dask("scheduler", "--host", "127.0.0.1", "--port", "0", path="nowhere") as started:
        process = start(*SWEEP, "--scheduler", address_of(started))
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("The scheduler cannot import Backprop Lens (")
    assert err.count("\n") == 1


@needs_dask
def test_a_scheduler_that_does_not_answer() -> None:
    code = "from core.sweeps import workers; workers.CONNECT_SECONDS = 0.2; import main, sys; sys.exit(main.command())"
    words = [sys.executable, "-c", code, "sweep", *SWEEP, "--out", "out", "--scheduler", "tcp://127.0.0.1:1"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no scheduler answers; start one" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_cluster_without_dask(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert sweep(*SWEEP, "--out", "out", "--scheduler", "tcp://127.0.0.1:8786") == 2
    assert capsys.readouterr().err == (
        'A cluster needs Dask, which is not installed; install Dask first: python -m pip install "dask[distributed]"\n'
    )
