"""Documents that an app restricts, wherever else they are attached.

An app says which by the hook ``restricted_documents``. What is restricted is shown on no page's
list of files and indexed for nobody; who may have the file is decided where the document is served.
"""

from collections.abc import Iterable

from hub.hooks import registered


def restricted_among(pks: Iterable[int]) -> set[int]:
    """Those of the documents ``pks`` that are restricted."""
    pks = list(pks)
    if not pks:
        return set()
    return set().union(*(rule(pks) for rule in registered("restricted_documents")))
