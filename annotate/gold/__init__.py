"""Many readings to one gold standard."""
