"""What a network costs: a file for each kind of cost, what they give in common words, and their register."""
