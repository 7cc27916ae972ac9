"""The protocol: everything said between nodes, and nothing else."""
