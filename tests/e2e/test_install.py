"""The program installed by pip into a fresh environment, and used from elsewhere where nothing may be written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import textwrap
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.base.version import VERSION
from tests.e2e.test_window_xvfb import REPOSITORY, Program, environment

needs_tools = pytest.mark.skipif(
    find_spec("pip") is None or find_spec("hatchling") is None, reason="pip or hatchling is not installed"
)
pytestmark = [needs_tools, pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")]


@dataclass(frozen=True)
class Installation:
    """Where the program was installed, and a folder elsewhere with modules of the names that ours have."""

    venv: Path
    package: Path
    elsewhere: Path

    @property
    def command(self) -> list[str]:
        """The installed command, run by somebody who must obey permissions: root need not."""
        return [*without_override(), str(self.venv / "bin" / "backprop-lens")]

    def environment(self) -> dict[str, str]:
        """Folders of this user's own, and foreign modules that Python finds before all installed ones."""
        home = {name: str(self.elsewhere / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        return environment(PYTHONPATH=str(self.elsewhere), **home)

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *words],
            cwd=self.elsewhere,
            env=self.environment() | more,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def run_instead(self, folder: Path, body: str) -> str:
        """Run the installed command with `body` in place of the command line's own function; what it prints."""
        code = f"import sys, types\n\ndef main(argv):\n{textwrap.indent(body, '    ')}    return 0\n"
        code += "sys.modules['cli.main'] = types.SimpleNamespace(main=main)\n"
        (folder / "sitecustomize.py").write_text(code)
        done = self.run(PYTHONPATH=os.pathsep.join([str(folder), str(self.elsewhere)]), QT_QPA_PLATFORM="offscreen")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


def without_override() -> list[str]:
    """What to put before a command so that root, too, cannot write where permissions forbid it."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not installed: root may write anywhere (Debian: apt-get install util-linux)")
    return [setpriv, "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A fresh environment that finds the packages we need where this one does; only the program itself is installed."""
    folder = tmp_path_factory.mktemp("install")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([python, "-I", "-c", ask], capture_output=True, text=True, check=True)
    site_packages = Path(answer.stdout.strip())
    shared = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site_packages / "shared.pth").write_text("".join(f"{path}\n" for path in shared))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, "install", *options, str(REPOSITORY)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("core", "gui", "cli", "main"):
        (elsewhere / f"{name}.py").write_text("raise SystemExit('the foreign one')\n")
    package = site_packages / "backprop_lens"
    change_permissions(package, 0)
    yield Installation(folder / "venv", package, elsewhere)
    change_permissions(package, stat.S_IWUSR)


def change_permissions(folder: Path, write: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222 | write)


def test_all_modules_and_data_are_installed(installed: Installation) -> None:
    def files(root: Path, *patterns: str) -> set[str]:
        return {path.relative_to(root).as_posix() for pattern in patterns for path in root.glob(pattern)}

    wanted = files(
        REPOSITORY, "core/**/*.py", "gui/**/*.py", "cli/**/*.py", "data/*.*", "languages/**/*.mo", "requirements.txt"
    )
    found = files(installed.package, "**/*")
    assert wanted <= found
    assert {name for name in found - wanted if name.endswith(".py")} == {"__init__.py", "__main__.py"}


COMPILE = """
import subprocess, time
from core.workbench.worker import engine_loader
from core.workbench.worker.engine_loader import EngineLoader

engine_loader.KERNELS = ("draw_orders", "evaluate")  # one for each process, since they are soon compiled
processes, start = [], subprocess.Popen
subprocess.Popen = lambda *words, **options: processes.append(start(*words, **options)) or processes[-1]
loader = EngineLoader()
loader.start(["draw_orders"])
while not loader.has_ended:
    time.sleep(0.01)
print(*(process.wait() for process in processes))
"""


def test_it_computes_where_it_cannot_write(installed: Installation, tmp_path: Path) -> None:
    touch = [*without_override(), "touch", str(installed.package / "core" / "engines" / "__pycache__" / "new")]
    assert subprocess.run(touch, capture_output=True, check=False).returncode != 0, "the test would prove nothing"
    told = installed.run("--version")
    assert (told.returncode, told.stdout, told.stderr) == (0, f"Backprop Lens {VERSION}\n", "")
    if find_spec("numba"):  # the window has two processes of its own compile, which keep that in the user's cache
        assert installed.run_instead(tmp_path, COMPILE) == "0 0\n"
        assert any((installed.elsewhere / "XDG_CACHE_HOME").rglob("*.nbi"))
    trained = installed.run("train", "--epochs", "1", "--engine", "numpy", "--weights", "w.npz")
    assert (trained.returncode, trained.stderr) == (0, "")
    assert trained.stdout.startswith("epoch=1 train_loss=0.1249")
    assert (installed.elsewhere / "w.npz").exists()
    log = installed.elsewhere / "XDG_DATA_HOME" / "Backprop Lens" / "Backprop Lens" / "backprop-lens.log"
    assert f"Start of backprop-lens train: Backprop Lens {VERSION}" in log.read_text()


def test_messages_name_the_command(installed: Installation) -> None:
    refused = installed.run("train", "--abacus")
    assert refused.returncode == 2
    assert refused.stderr == 'There is no option --abacus; "backprop-lens train --help" lists all.\n'
    assert "\n  backprop-lens --preset spiral\n" in installed.run("--help").stdout
    assert "main.py" not in installed.run("--help").stdout
    assert "`xvfb-run -a backprop-lens`" in installed.run().stderr


def test_the_window_opens_and_closes(installed: Installation, xvfb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed: nobody presses the keys (Debian: apt-get install xdotool)")
    for name, value in installed.environment().items():
        monkeypatch.setenv(name, value)
    program = Program(xvfb, installed.elsewhere / "home", installed.command, installed.elsewhere)
    try:
        program.titled("2-7-2 on train.txt – ")
        program.press("ctrl+q")
        out, err = program.process.communicate(timeout=60)
        assert (program.process.returncode, out, err) == (0, "", "")
    finally:
        program.process.kill()
        program.process.wait()


FILM = """
from PyQt5.QtCore import QCoreApplication
from core.data.data_source import load
from core.options.film_plan import FilmPlan
from core.training.presets import PRESETS
from gui.export.film_job import FilmJob, FilmProcess
from gui.offscreen.filming import make_film

application = QCoreApplication([])
experiment = PRESETS["shallow"].experiment.replace(engine="numpy")
plan = FilmPlan("decision", 200, 200, fps=2, seconds=1.0)
film = FilmProcess(FilmJob(experiment, load(experiment.data), None, (), 1000), plan, make_film)
film.finished.connect(lambda data: (print(data[:3].decode()), application.quit()))
film.failed.connect(lambda text: (print(text), application.quit()))
application.exec_()
"""


def test_the_process_that_makes_a_film_finds_the_program(installed: Installation, tmp_path: Path) -> None:
    assert installed.run_instead(tmp_path, FILM) == "GIF\n"


def test_a_foreign_package_that_was_loaded_first_is_told_of(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "core.py").touch()
    (tmp_path / "sitecustomize.py").write_text("import core\n")
    command = [installed.venv / "bin" / "python", "-m", "backprop_lens", "--version"]
    options = {"capture_output": True, "text": True, "check": False}
    told = subprocess.run(command, cwd=installed.elsewhere, env=environment(), **options)
    assert (told.returncode, told.stdout) == (0, f"Backprop Lens {VERSION}\n"), told.stderr
    refused = subprocess.run(command, cwd=tmp_path, env=environment(PYTHONPATH=str(tmp_path)), **options)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Another program's package core ({tmp_path / 'core.py'}) was loaded before ")
    assert refused.stderr.count("\n") == 1
