"""The `balance-alerts` command: what an operator does with a stack, deployed or local."""
