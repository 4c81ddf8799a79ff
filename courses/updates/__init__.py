"""Courses that go on living after they were taken home: what changed since a copy."""
