"""What the staff API is asked with: the shapes of its bodies, a module a subject."""
