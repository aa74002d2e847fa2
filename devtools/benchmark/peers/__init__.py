"""Other libraries for the same webhooks, each in its own words, in an environment of their own.

What is in this folder, but for `hearback.py`, runs there and imports one library.
"""
