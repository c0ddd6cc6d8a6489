"""What staff ask for that may take longer than anybody waits, and the worker that then does it."""
