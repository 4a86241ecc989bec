"""What differs between two networks, layer by layer."""
