"""A stand-in for Authorize.net that behaves like it, down to its faults.

It shares no code with our client of the gateway: two readings of the same documents check each
other. State lives in memory and is gone with the process.
"""
