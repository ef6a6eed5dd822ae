"""What a network learns from data: to tell classes apart, or to give a number."""

CLASSIFICATION, REGRESSION = "classification", "regression"
TASKS = CLASSIFICATION, REGRESSION

SCORES = {CLASSIFICATION: "accuracy", REGRESSION: "r2"}
"""What a task's score is called where a table has it."""
