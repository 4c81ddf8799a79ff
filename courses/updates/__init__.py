"""What changed in a course since a copy of it was downloaded, and e-mails about changes."""
