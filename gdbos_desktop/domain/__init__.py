"""The record tree and what may be done to it: values, change sets, checks, access.

Hides the rules themselves. Pure: time and identities are arguments; no files, no SQL, no window.
"""
