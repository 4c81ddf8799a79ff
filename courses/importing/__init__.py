"""Existing handouts, brought into a draft curriculum: found, taken, reported file by file."""
