"""Runs of curricula: planning, enrolment, the group and its attendance."""
