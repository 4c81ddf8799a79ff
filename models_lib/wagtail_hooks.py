"""The editor's side of Models: reports of replications, conditions, peer reviews."""

from models_lib import report_hooks, review_hooks  # noqa: F401
