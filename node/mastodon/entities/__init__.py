"""The entities of the client API, as its documentation describes them: rows in, JSON values out."""
