"""The crash sweep: the process dies at every call that leaves it."""
