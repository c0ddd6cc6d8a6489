"""Files of patients, ledger entries and remittances, taken in."""
