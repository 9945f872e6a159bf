"""Steps 2, 5, 6 and 7: conversations, who holds them, seats, routing, work orders, ratings."""
