"""Copies of everybody's work: taken, proved, kept, and brought back."""
