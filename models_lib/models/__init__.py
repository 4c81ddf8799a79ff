"""Models, their conditions and replications, and what is known of communities."""

from models_lib.models.area_feature import AreaFeature, Feature
from models_lib.models.condition import Condition
from models_lib.models.model_page import BuildingBlock, ModelPage
from models_lib.models.replication_page import BlockOutcome, ReplicationPage
from models_lib.models.skill import CommunityGroup, Skill

__all__ = [
    "AreaFeature", "BlockOutcome", "BuildingBlock", "CommunityGroup", "Condition", "Feature",
    "ModelPage", "ReplicationPage", "Skill",
]
