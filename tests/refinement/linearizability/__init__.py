"""Tests of the checker of linearizability."""
