"""What people look at: traces as text, space-time diagrams, state graphs."""
