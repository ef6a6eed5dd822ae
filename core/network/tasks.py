"""The tasks that a network can learn: classification and regression."""

CLASSIFICATION, REGRESSION = "classification", "regression"
TASKS = CLASSIFICATION, REGRESSION

SCORES = {CLASSIFICATION: "accuracy", REGRESSION: "r2"}
"""The name of each task's score in tables."""
