"""Runs of curricula: enrolling, the group, completion."""
