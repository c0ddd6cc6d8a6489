"""Balance Alerts: everything the functions share."""
