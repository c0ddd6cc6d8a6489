"""Builds what is deployed: for each function its own code, and what that imports.

`functions/Makefile` runs this for the SAM command, by any Python from 3.11 on: it needs pip and
nothing else.
"""
