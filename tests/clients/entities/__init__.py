"""The entities of Mastodon 4.5 (API version 7), as its documentation and its strictest readers have them."""
