"""House rules that are checked whenever Django starts."""

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from hub.chain.relations import Relation, Stage
from hub.email.backend import QueueBackend
from hub.models import OneOrganisation, Organisation, OrganisationKey
from hub.models.knowledge_page import knowledge_page_types


@checks.register()
def proxies_are_counted(app_configs, **kwargs):
    """Behind a proxy that is not counted, all visitors have one address."""
    if settings.SECURE_PROXY_SSL_HEADER and not settings.PROXY_COUNT:
        return [checks.Warning("BEHIND_PROXY is set and PROXY_COUNT is not.", id="hub.W001")]
    return []


@checks.register()
def knowledge_page_types_are_whole(app_configs, **kwargs):
    """Every kind of knowledge page stands at a stage and declares its chain in known words."""
    errors = []
    for model in knowledge_page_types():
        if model.stage not in Stage:
            errors.append(checks.Error("The page type has no stage.", obj=model, id="hub.E001"))
        for relation, stages in model.chain.items():
            if relation not in Relation or not set(stages) <= set(Stage):
                errors.append(
                    checks.Error(
                        "The chain names an unknown relation or stage.", obj=model, id="hub.E002"
                    )
                )
        if "parent_page_types" not in vars(model) or "subpage_types" not in vars(model):
            errors.append(
                checks.Error(
                    "The page type does not declare its parents and children.",
                    obj=model,
                    id="hub.E003",
                )
            )
        for name in model.section_fields:
            model._meta.get_field(name)
        for name in [*model.compared, *model.unversioned]:
            if not hasattr(model, name):
                errors.append(
                    checks.Error(
                        f"The page type has no “{name}” to compare or to leave as it is.",
                        obj=model, id="hub.E004",
                    )
                )
    return errors


@checks.register()
def every_email_is_queued(app_configs, **kwargs):
    """Sent otherwise, an e-mail is lost when the mail server is away, and the request waits."""
    if issubclass(import_string(settings.EMAIL_BACKEND), QueueBackend):
        return []
    return [checks.Error(
        "EMAIL_BACKEND is not the queue; name the mail server by EMAIL_URL.", id="hub.E007",
    )]


@checks.register()
def organisations_are_chosen_from_one_list(app_configs, **kwargs):
    """What is called an organisation is one, and every form chooses it through the same field."""
    errors = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not field.concrete or field.auto_created or field.model is not model:
                continue
            is_relation = field.related_model is Organisation
            if field.name.startswith("organisation") and not is_relation:
                errors.append(checks.Error(
                    f"“{field.name}” is no relation to an organisation.", obj=model, id="hub.E008",
                ))
            if is_relation and not isinstance(field, OrganisationKey | OneOrganisation):
                errors.append(checks.Error(
                    f"“{field.name}” takes organisations that nobody may choose: make it an "
                    "OrganisationKey or OneOrganisation.", obj=model, id="hub.E009",
                ))
    return errors
