"""Web pages: what those of patients and those of staff have in common, and how both are served."""
