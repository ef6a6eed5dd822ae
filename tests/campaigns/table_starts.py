"""Trains nets on tables as they are opened, and scikit-learn's on the same rows; prints one line each.

python table_starts.py FOLDER TABLE…
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from core.data.data_source import FILE, DataSource, load
from core.data.tables.table_files import open_table
from core.network.tasks import CLASSIFICATION
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.table_wishes import Wishes, start_settings, suggest

EPOCHS = 30
SEEDS = range(3)


def scores(path: Path) -> tuple[float, float]:
    """The test score behind 30 epochs with what suggests itself, and the median of scikit-learn's defaults."""
    choice = suggest(open_table(str(path)), Wishes())
    source = DataSource(FILE, path=str(path), choice=choice)
    dataset = load(source)
    experiment = PRESETS["shallow"].experiment.adapted(data=source, standardize=True, **start_settings(dataset.task))
    trainer = Trainer(experiment, dataset)
    while trainer.epoch < EPOCHS:
        trainer.advance(EPOCHS * trainer.epoch_length - trainer.position)
    classifies = dataset.task == CLASSIFICATION
    targets = dataset.labels if classifies else dataset.targets
    parts = [
        (dataset.points[part.rows], targets[part.rows])
        for part in (trainer.preparation.train, trainer.preparation.test)
    ]
    nets = [(MLPClassifier if classifies else MLPRegressor)(random_state=seed) for seed in SEEDS]
    others = [net.fit(*parts[0]).score(*parts[1]) for net in nets]
    return trainer.evaluations()[1].score, float(np.median(others))


def main() -> None:
    warnings.simplefilter("ignore")  # scikit-learn tells that it has not converged
    folder, *tables = sys.argv[1:]
    for table in tables:
        ours, theirs = scores(Path(folder) / table)
        print(f"{table} {ours:.3f} {theirs:.3f}", flush=True)


if __name__ == "__main__":
    main()
