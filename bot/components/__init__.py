"""Step 3, our parts of Rasa's pipeline. Imported in Rasa's environment only."""
