"""Files to articles: found, opened, read row by row, made canonical, and kept once."""
