"""Wiring, HTTP: the server, its error shape, its guards, and the routes of staff and operators."""
