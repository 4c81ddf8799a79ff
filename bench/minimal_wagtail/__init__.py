"""The least that Wagtail can serve: one type of page, a title and a text, nothing around it."""
