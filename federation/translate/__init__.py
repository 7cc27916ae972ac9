"""The only place where what travels between nodes and what is stored meet."""
