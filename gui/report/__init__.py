"""The view of the report: the confusion matrix and the measures of each class, or the errors of a regression."""
