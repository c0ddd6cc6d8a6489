"""Setting up practices and changing how they send alerts."""
