"""Beside all steps: how fast and how large the whole is, next to bare Rasa, in one run on one machine (`make bench`)."""
