"""All SQL that reads: a module per noun, each statement with a name and the index that serves it.

Statements that take a lock are in the services, beside the writes under that lock.
"""
