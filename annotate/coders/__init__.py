"""Models as coders: their files read, their loosely named answers and their quotes understood."""
