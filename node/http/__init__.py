"""Habits that every surface shares: who asks, what is read, how it is answered, what is refused."""
