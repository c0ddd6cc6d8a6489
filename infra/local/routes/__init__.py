"""The `/local` routes, a module a subject."""
