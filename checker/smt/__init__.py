"""Symbolic engines: a finite instance as a Boolean circuit, which z3 decides."""
