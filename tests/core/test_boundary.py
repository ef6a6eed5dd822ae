"""The core stands alone: it can be imported, all of it, where there is no Qt, no window and no command line."""

import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import core

REPOSITORY = Path(__file__).resolve().parents[2]

IMPORT_WITHOUT_WINDOW = """
import importlib, sys

class Absent:
    names = {"PyQt5", "pyqtgraph", "gui", "cli"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} is absent here", name=name)

sys.meta_path.insert(0, Absent())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules} & Absent.names))
"""


def test_every_core_module_imports_without_qt_window_and_command_line() -> None:
    modules = [module.name for module in pkgutil.walk_packages(core.__path__, "core.")]
    assert "core.base.errors" in modules
    if importlib.util.find_spec("numba") is None:  # which core.engines.kernels alone imports
        modules = [name for name in modules if not name.startswith("core.engines.kernels.")]
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_WITHOUT_WINDOW, "core", *modules],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")


def test_the_absence_is_real() -> None:
    """The test above can fail: a module that imports Qt does not pass it."""
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT_WINDOW, "PyQt5.QtCore"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert "PyQt5 is absent here" in run.stderr
