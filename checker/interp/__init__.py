"""The reference interpreter: what a model means, one state at a time. Every other engine is measured against it."""
