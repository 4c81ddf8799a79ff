"""Download counts of curricula, and the public statistics made of them."""
