"""Wiring, measured: labelled conversations judged, tabled and drawn."""
