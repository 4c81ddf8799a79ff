"""Who works with documents in the editor."""

from wagtail.documents import get_document_model
from wagtail.permissions import policy_registry


def may_change_document(user, document) -> bool:
    """Whether ``user`` may change this document in the editor."""
    policy = policy_registry.get_by_type(get_document_model())
    return user.is_authenticated and policy.user_has_permission_for_instance(
        user, "change", document
    )


def may_change_documents(user) -> bool:
    """Whether ``user`` may change documents of any collection in the editor."""
    policy = policy_registry.get_by_type(get_document_model())
    return user.is_authenticated and policy.user_has_permission(user, "change")
