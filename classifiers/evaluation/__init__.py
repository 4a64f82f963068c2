"""How good a model is on articles it has not seen, with the floors, the human ceiling and the spread beside each figure."""
