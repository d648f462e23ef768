"""Symbolic reasoning with z3."""
