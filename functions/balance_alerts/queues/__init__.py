"""What the functions hand each other: ids only, never personal data."""
