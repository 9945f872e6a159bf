"""Step 3, Rasa's own process: runs in `.venv-rasa`, listens on loopback, keeps nothing between two turns."""
