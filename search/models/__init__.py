"""The models of search."""

from search.models.alert import Alert
from search.models.cluster_queue_entry import ClusterQueueEntry
from search.models.document_text import DocumentText
from search.models.glossary import GlossaryTerm
from search.models.search_count import OpenedCount, SearchCount

__all__ = [
    "Alert", "ClusterQueueEntry", "DocumentText", "GlossaryTerm", "OpenedCount", "SearchCount",
]
