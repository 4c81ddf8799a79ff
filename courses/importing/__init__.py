"""Importing existing handouts into a draft curriculum, with a report on every file."""
