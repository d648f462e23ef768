"""Models in the languages of other tools."""
