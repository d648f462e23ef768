"""The bundled models, one protocol per file."""
