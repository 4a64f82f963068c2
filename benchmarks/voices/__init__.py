"""How the weights of voices are made, and how good they are."""
