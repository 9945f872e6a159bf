"""Wiring: settings, migrations, HTTP server, security, supervision and the command line."""
