"""Backprop Lens: watch a small neural network learn. `python main.py --help` tells what else it does.

The syntax of this file is that of Python 2.7 too, so that an old Python can read it and say that it is too old.
Where the program is installed, this file is `backprop_lens/__main__.py`, and `command` is what `backprop-lens` runs.
"""

import atexit
import errno
import importlib
import os
import sys
import threading
import traceback

OLDEST = (3, 10)
HERE = os.path.dirname(os.path.realpath(__file__))
PACKAGES = ("core", "gui", "cli")
DISK_FULL = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


def command():
    """Run this process's own command line; return the exit status."""
    status = [1]
    atexit.register(end_around_threads, status)  # before all others, so that it is called when they have cleaned up
    status[0] = main(sys.argv[1:])
    return status[0]


def end_around_threads(status):
    """At exit, end the process at once with the status in this list if a thread still runs.

    Such a thread is a daemon, for Python has waited for the others. If it is in compiled code or in Qt, it would crash
    when the interpreter is taken down around it.
    """
    if any(thread is not threading.main_thread() for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, IOError, ValueError):
                continue  # it is None, full or closed
        os._exit(status[0])


def main(argv):
    """Run the command line `argv` and return the exit status: 0 done, 2 the user can mend it, 1 a fault of ours."""
    open_closed_streams()
    if sys.version_info < OLDEST:
        return complain(too_old())
    # Before NumPy is imported, which reads them once. The nets are small: a pool of BLAS threads would only compete
    # with the window, and make the last digits depend on the machine.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"  # or it takes any other Qt that is installed, and hides why none loads
    if sys.path[:1] != [HERE]:  # as where it is installed, or under `python -P`
        sys.path.insert(0, HERE)
    foreign = foreign_package()
    if foreign:
        return complain(foreign)
    from core.base import log
    from core.base.environment import refuse_relative_folders
    from core.base.errors import LensError
    from gui.window.startup import startup_checks as startup

    for sentence in refuse_relative_folders():
        complain(sentence)
    log.start()
    try:
        from cli.main import main as run

        status = run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except LensError as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        return output_lost(log, error)
    except ImportError as error:
        hint = startup.import_hint(error, os.path.join(HERE, "requirements.txt"))
        return complain(hint) if hint else fault(log, error)
    except Exception as error:  # noqa: BLE001 (it is shown in full)
        return fault(log, error)


def foreign_package():
    """Say in one line which package of another program stands in the place of ours; None if there is none."""
    for name in PACKAGES:
        found = getattr(importlib.import_module(name), "__file__", None) or "an unknown place"
        if os.path.normcase(os.path.dirname(os.path.realpath(found))) != os.path.normcase(os.path.join(HERE, name)):
            return (
                "Another program's package %s (%s) was loaded before Backprop Lens; "
                "start Backprop Lens in a Python environment of its own." % (name, found)
            )
    return None


def output_lost(log, error):
    """Return the exit status where nothing more can be printed: the reader left, as `head` does, or a disk is full.

    All other errors are faults of ours: where files are written, theirs were turned into sentences.
    """
    has_left = isinstance(error, BrokenPipeError)
    if not has_left and (error.errno not in DISK_FULL or error.filename):
        return fault(log, error)
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at exit
    if has_left:
        return 141
    from core.base.translation import _

    told = _("Standard output cannot be written: {reason}; what was printed is not complete.")
    return complain(told.format(reason=error.strerror))


def open_closed_streams():
    """Open what of the standard streams is closed, or the next file opened would get what Qt writes as its messages."""
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the smallest number that is free


def too_old():
    """Say in one line which Python is needed and how to run the program with it."""
    names = ["python3.%d" % minor for minor in range(30, OLDEST[1] - 1, -1)]
    folders = os.environ.get("PATH", "").split(os.pathsep)
    newer = [name for name in names if any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders)]
    advice = "Run" if newer else "Install a newer one from https://www.python.org/downloads/ and run"
    return "Backprop Lens needs Python %d.%d or newer; this is Python %s. %s: %s" % (
        OLDEST[0],
        OLDEST[1],
        sys.version.split()[0],
        advice,
        "cd %s && %s -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python main.py"
        % (HERE, newer[0] if newer else "python3"),
    )


def complain(message):
    """Write one line on standard error; return the exit status of what the user can mend."""
    write_error(message + "\n")
    return 2


def fault(log, error):
    """Write the exception being handled on standard error and into the log; return the status of a fault of ours."""
    log.fault(error)
    from core.base.translation import _

    told = _("This is a fault of Backprop Lens, not of yours; please report it with the lines that follow.")
    write_error(told + "\n" + traceback.format_exc())
    return 1


def write_error(text):
    """Write on standard error; where that is closed or full, the text is lost."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except (IOError, ValueError):
        sys.stderr = None  # or what is left in its buffer would fail once more at the end


if __name__ == "__main__":
    sys.exit(command())
