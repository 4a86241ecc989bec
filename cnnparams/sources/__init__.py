"""Networks from elsewhere: each format is read into a Reading, which holds a spec and what it must come to."""
