"""Backprop Lens: watch a small neural network learn. `python main.py --help` tells what else it does.

The syntax of this file is that of Python 2.7 too, so that an old Python can read it and say that it is too old.
"""

import os
import sys
import traceback

OLDEST = (3, 10)
HERE = os.path.dirname(os.path.abspath(__file__))


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
    from core.base.errors import LensError
    from gui.window import startup_checks as startup

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
    except BrokenPipeError:  # who read our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at exit
        return 141
    except ImportError as error:
        hint = startup.import_hint(error, os.path.join(HERE, "requirements.txt"))
        return complain(hint) if hint else fault()
    except Exception:  # noqa: BLE001 (it is shown in full)
        return fault()


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


def fault():
    """Write the exception being handled on standard error; return the exit status of a fault of ours."""
    told = "This is a fault of Backprop Lens, not of yours; please report it with the lines that follow.\n"
    write_error(told + traceback.format_exc())
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
    sys.exit(main(sys.argv[1:]))
