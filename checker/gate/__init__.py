"""The gate: every obligation decided again, and compared with what its spec expects and the lock records."""
