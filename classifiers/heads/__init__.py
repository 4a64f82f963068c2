"""The parts of a model, each with its features, fit and second stage."""
