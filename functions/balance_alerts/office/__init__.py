"""What staff do: settings, patients, attention, reports."""
