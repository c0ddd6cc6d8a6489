"""What providers tell of messages, and what patients reply to them."""
