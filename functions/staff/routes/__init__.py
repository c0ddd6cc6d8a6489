"""The staff API, a module a subject: its operations and what each of them does."""
