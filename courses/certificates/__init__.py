"""Certificates of completed runs: issuing and revoking them, their public page and PDF."""
