"""Texts to scores: kernels that add up rows of weights, tables of what they found, and folders written part by part."""
