"""What must be seen to before a table is opened in a spreadsheet."""


def no_formula(text) -> str:
    """``text`` so that no spreadsheet reckons with it: anybody may have typed it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
