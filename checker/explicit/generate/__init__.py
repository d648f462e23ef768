"""C from a system and an instance: one program for each, in the order in which a person would write it."""
