"""The second thread: it obeys commands, trains the run in short slices, and answers questions with reports.

Only the modules of this folder touch the trainer of an open run.
"""

from core.workbench.worker.worker import Worker

__all__ = ["Worker"]
