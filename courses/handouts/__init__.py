"""The files of handouts: access to them, and the record of which documents are handouts."""
