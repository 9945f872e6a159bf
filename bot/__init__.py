"""Step 3: Rasa's domain, training data and server, and the client that asks it for a turn."""
