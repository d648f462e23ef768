"""What `quorax new` writes: a small protocol that is complete, typed and checked, under a name to be replaced."""
