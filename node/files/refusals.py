"""Why a file is not taken: sentences for the people who sent it."""


class Refusal(Exception):
    """A file is not taken; the message says why, and what to do."""
