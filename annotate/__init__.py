"""Articles in, people, gold out."""
