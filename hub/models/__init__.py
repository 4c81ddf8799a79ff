"""The models of the base layer, one file per noun."""

from hub.models.area import Area
from hub.models.chain_link import ChainLink, ChainStep, chain_of
from hub.models.clock import Clock
from hub.models.knowledge_page import Attachment, Contributor, KnowledgePage
from hub.models.media import HubDocument, HubImage, HubRendition
from hub.models.organisation import (
    Affiliation,
    Membership,
    OneOrganisation,
    Organisation,
    OrganisationKey,
)
from hub.models.outbox_entry import OutboxEntry
from hub.models.published_version import PublishedVersion
from hub.models.queued_email import QueuedEmail
from hub.models.site_pages import HomePage, SectionPage, TextPage
from hub.models.topic import BilingualName, Topic
from hub.models.withdrawal import Flag, Withdrawal

__all__ = [
    "Affiliation",
    "Area",
    "Attachment",
    "BilingualName",
    "ChainLink",
    "ChainStep",
    "Clock",
    "Contributor",
    "Flag",
    "HomePage",
    "HubDocument",
    "HubImage",
    "HubRendition",
    "KnowledgePage",
    "Membership",
    "OneOrganisation",
    "Organisation",
    "OrganisationKey",
    "OutboxEntry",
    "PublishedVersion",
    "QueuedEmail",
    "SectionPage",
    "TextPage",
    "Topic",
    "Withdrawal",
    "chain_of",
]
