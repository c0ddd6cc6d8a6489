"""Scheduled every 15 minutes: finds who is due and queues them."""
