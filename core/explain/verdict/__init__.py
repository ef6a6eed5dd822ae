"""The verdict on a run in words: whether it learns, what holds it up, and what to try next."""
