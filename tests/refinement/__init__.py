"""Tests of what ties running systems to models."""
