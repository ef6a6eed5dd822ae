"""The line between widgets and worker: commands one way, reports the other, one for each frame."""
