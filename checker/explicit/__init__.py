"""The native explicit-state engine: a packed layout, generated C, a C runtime, and what drives them."""
