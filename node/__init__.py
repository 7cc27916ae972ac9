"""The running server: puts the parts together and serves every surface."""
