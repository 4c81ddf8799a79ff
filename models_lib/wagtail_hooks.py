"""The editor's side of Models: reports of replications, conditions, peer reviews."""

from models_lib.peer_review import admin_hooks as peer_review_hooks  # noqa: F401
from models_lib.replications import admin_hooks as replication_hooks  # noqa: F401
