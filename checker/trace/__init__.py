"""What engines give back: traces, verdicts, reports, and the protocol that every engine follows."""
