"""What patients see and do after signing in."""
