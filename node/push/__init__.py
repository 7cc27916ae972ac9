"""Web Push: messages that reach a member's programs while they sleep, encrypted for them alone."""
