"""The whole stack of `template.yaml` on one machine, for development and tests.

Nothing in this package is shipped: the deployed artifact is built from `functions/` alone.
"""
