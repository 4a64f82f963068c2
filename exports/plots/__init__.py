"""Plots that a journal would print."""
