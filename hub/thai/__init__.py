"""What the hub knows about Thai writing: digits, dates, text, slugs, typography. No Django here."""
