"""The ground everyone stands on: codebook, tables, dataset folder, text with offsets, and the one error."""
