"""Wagtail's admin search on the hub's engine: to be replaced below."""
