"""What search keeps in the database."""

from search.models.alert import Alert
from search.models.cluster_pending import ClusterPending
from search.models.document_text import DocumentText
from search.models.glossary import GlossaryTerm
from search.models.search_count import OpenedCount, SearchCount

__all__ = [
    "Alert", "ClusterPending", "DocumentText", "GlossaryTerm", "OpenedCount", "SearchCount",
]
