"""What all pages for people share: their frame, their style, and the words of every language."""
