"""Symbolic reasoning with z3: finite instances as circuits, and facts about quorums of any size."""
