"""How an alert reaches a patient: its words, addresses, and the two providers."""
