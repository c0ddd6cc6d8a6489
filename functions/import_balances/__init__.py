"""Queue-driven: takes uploaded files of patients, entries and remittances in."""
