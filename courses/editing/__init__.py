"""The editor's form of a curriculum: blocks, widgets, and the checklist before publishing.

Models import this room, so that it takes pages as they are and imports no models of courses.
"""
