"""Step 4, the calculators: pure functions over dated rate tables, each with its slots, its steps and its sources."""
