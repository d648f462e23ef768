"""The typed intermediate representation: what a model is, for every engine."""
