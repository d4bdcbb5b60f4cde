"""All SQL that reads: a module per noun, every statement with a name, and what index serves it.

What takes a lock is in the services, beside what it writes under that lock.
"""
