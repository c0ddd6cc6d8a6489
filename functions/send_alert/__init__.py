"""Triggered by the alert queue: sends the alerts that are still due."""
