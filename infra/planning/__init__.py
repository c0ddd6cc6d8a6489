"""What the stack costs and carries at a size: reckoned from calls that tests count."""
