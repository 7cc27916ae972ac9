"""Files that members upload, and copies of other nodes' files: what they are, how they become safe and small.

Only `child` and what it imports ever decodes what somebody sent, in a process of its own.
"""
