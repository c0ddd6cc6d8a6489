"""How a patient gets in: links."""
