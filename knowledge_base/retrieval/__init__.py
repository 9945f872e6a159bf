"""Step 4, retrieval: which published entries answer a text, how surely, and what to make of that."""
