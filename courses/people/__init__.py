"""What courses add to account pages, and to the export and erasure of personal data."""
