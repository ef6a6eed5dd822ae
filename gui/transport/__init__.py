"""The toolbar that plays, steps and resets a run and sets its speed."""
