"""What the doctor looks at: one question a function, each answered by findings."""
