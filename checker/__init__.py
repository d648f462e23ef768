"""quorax: a verification toolkit for consensus protocols."""

__version__ = "0.1.0"
