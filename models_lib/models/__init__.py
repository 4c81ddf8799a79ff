"""Models, their conditions, replications and reviews, and what is known of communities."""

from models_lib.models.area_feature import AreaFeature, Feature
from models_lib.models.condition import Condition
from models_lib.models.model_page import BuildingBlock, ModelPage
from models_lib.models.peer_review import PeerReview, Review, Reviewer
from models_lib.models.peer_review_task import PeerReviewTask
from models_lib.models.replication_page import BlockOutcome, ReplicationPage
from models_lib.models.replication_report import (
    ReplicationContact,
    ReplicationPhoto,
    ReplicationReport,
)
from models_lib.models.skill import CommunityGroup, Skill

__all__ = [
    "AreaFeature", "BlockOutcome", "BuildingBlock", "CommunityGroup", "Condition", "Feature",
    "ModelPage", "PeerReview", "PeerReviewTask", "ReplicationContact", "ReplicationPage",
    "ReplicationPhoto", "ReplicationReport", "Review", "Reviewer", "Skill",
]
