"""Streaming: members' programs hear what happens as it happens, whichever process it happened in."""
