"""Memory: what is alive while a network runs, what training saves, and what an 8-bit file and its arena take."""
