"""What a model is: heads and their weights, a folder and a card, and how its log-odds become spans."""
