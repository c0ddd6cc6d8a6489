"""The main job: who is due, sending, and what became of it."""
