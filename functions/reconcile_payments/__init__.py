"""Reconciliation of payments with the gateway: by schedule, and by the gateway's own messages."""
