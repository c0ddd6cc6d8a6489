"""The rules, as pure code: standard library only, no AWS, no I/O, no clock of its own."""
