"""What becomes of messages after their providers took them."""
