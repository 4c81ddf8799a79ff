"""The files of handouts: who may have them, and which documents are or were handouts."""
