"""Specs: what must hold of a model, and where: the text, its tree, and its names looked up in the model."""
