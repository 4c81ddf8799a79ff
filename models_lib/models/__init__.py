"""Models and their replications, one file per noun."""

from models_lib.models.model_page import BuildingBlock, Condition, ModelPage
from models_lib.models.replication_page import BlockOutcome, ReplicationPage

__all__ = ["BlockOutcome", "BuildingBlock", "Condition", "ModelPage", "ReplicationPage"]
