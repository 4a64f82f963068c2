"""The ground everyone stands on: codebook, tables, dataset folder, text with offsets, and the one error."""

# By this the wings know that no other package of this general name stands in its way.
__toolkit__ = "framing-toolkit"
