"""Step 4: entries, revisions, publishing, retrieval, and the sentence encoder."""
