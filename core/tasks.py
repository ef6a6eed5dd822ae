"""What a network learns from data: to tell classes apart, or to give a number."""

CLASSIFICATION, REGRESSION = "classification", "regression"
TASKS = CLASSIFICATION, REGRESSION
