"""Proofs for any size: models as first-order formulas over uninterpreted sorts, and obligations put to z3."""
