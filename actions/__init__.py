"""Step 4: what the bot can do. Actions write nothing; they return replies and proposals."""
