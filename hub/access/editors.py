"""Who works with documents and pictures in the editor."""

from collections.abc import Iterable
from typing import Any

from wagtail.documents import get_document_model
from wagtail.permissions import policy_registry


def may_change_documents(user: Any) -> bool:
    """Whether ``user`` may change documents of any collection in the editor."""
    policy = policy_registry.get_by_type(get_document_model())
    return user.is_authenticated and policy.user_has_permission(user, "change")


def changeable_by(user: Any, files: Iterable[Any]) -> set[Any]:
    """Ids of those of ``files``, all documents or all pictures, that ``user`` may change."""
    files = list(files)
    if not files or not user.is_authenticated:
        return set()
    policy = policy_registry.get_by_type(type(files[0]))
    if not policy.user_has_permission(user, "change"):
        return set()
    found = policy.instances_user_has_permission_for(user, "change")
    return set(found.filter(pk__in=[file.pk for file in files]).values_list("pk", flat=True))
