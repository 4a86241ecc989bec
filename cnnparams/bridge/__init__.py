"""Other frameworks. They are extras: imported by the commands that need them, when they are called."""
