"""Models in the editor, and what they plug into the base layer."""

from wagtail import hooks

from hub.models.generation import kept_of
from hub.people.personal_data import PersonalData
from models_lib.fit import admin_hooks as fit_hooks  # noqa: F401
from models_lib.models import ModelPage
from models_lib.peer_review import admin_hooks as peer_review_hooks  # noqa: F401
from models_lib.peer_review import personal_data
from models_lib.reference import add_reference
from models_lib.replications import account_section, broken_links
from models_lib.replications import admin_hooks as replication_hooks  # noqa: F401
from models_lib.replications.statistics import statistics_of

hooks.register("account_section", account_section.section, order=100)
hooks.register("load_reference_data", add_reference)
hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
hooks.register("register_personal_data", lambda: PersonalData(
    "replications", account_section.export_of, account_section.erase_of))
hooks.register("register_personal_data", lambda: PersonalData(
    "peer_reviews", personal_data.export, personal_data.erase))


@hooks.register("page_context")
def replication_statistics(page, request):
    """The statistics that the template of a Model shows."""
    if not isinstance(page, ModelPage):
        return {}
    return {"replication_statistics": kept_of(
        request, page, "replication statistics", lambda: statistics_of(page))}
