"""Wiring, command line: `tongda …`, one file for each group of commands."""
