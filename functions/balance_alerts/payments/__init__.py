"""Card payments: what the gateway is asked, and what its answers mean for a patient's money."""
