"""The report: the confusion matrix and the errors, as a view. The numbers come from ``core.explain.report``."""
