"""The docs as a site, and the page of codebooks that is made from their files."""
