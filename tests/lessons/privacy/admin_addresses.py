"""Every address of the editor, found by walking the URL resolver, and values for its parameters."""

from dataclasses import dataclass
from itertools import product

from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern
from taggit.models import TagBase
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page

from hub.models import HubDocument, HubImage

ROOT = "admin/"
# No view of the editor's: Django's test of an error, the answer to any other address.
WITHOUT_A_VIEW = {"", "wagtailadmin_error_test"}
# Parameters that name an object: name → label of its model. ``pk`` is of the view's own model.
MODEL_OF_PARAMETER = {
    **dict.fromkeys(
        ["page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk", "object_id"],
        "wagtailcore.page"),
    **dict.fromkeys(["revision_id", "revision_id_a", "revision_id_b"], "wagtailcore.revision"),
    **dict.fromkeys(["document_id", "doc_id"], "hub.hubdocument"),
    "image_id": "hub.hubimage",
    "collection_id": "wagtailcore.collection",
    "workflow_pk": "wagtailcore.workflow",
    "workflow_state_id": "wagtailcore.workflowstate",
    "task_id": "wagtailcore.task",
    "task_state_id": "wagtailcore.taskstate",
    "session_id": "wagtailadmin.editingsession",
    "redirect_id": "wagtailredirects.redirect",
    "flag_id": "hub.flag",
    "assembly": "policy.assemblypage",
    "resolution": "policy.resolutionpage",
    "sheet": "policy.resolutionsheet",
    "uploaded_file_id": "wagtailcore.uploadedfile",
}
# Parameters that name no object: name → the values to try.
WORDS = {
    "filter_spec": ["max-100x100"],
    "uidb64": ["MQ"],
    "token": ["set-password"],
    "result_id": ["6f1c1f0e-8a57-4d0f-9d52-0f0e6f1c1f0e"],  # of a task, which the page Health tells
}
LESSON_TYPE = {"app_label": "lessons", "model_name": "lessonpage"}
LESSON_CONTENT_TYPE = {
    "content_type_app_name": "lessons", "content_type_model_name": "lessonpage"}
# Parameters that name a model: name of the address → the values to try.
MODELS = {
    **{f"wagtailadmin_pages:{name}": [LESSON_CONTENT_TYPE]
       for name in ("add", "preview_on_add", "type_use", "type_use_results")},
    "wagtailadmin_pages:choose_parent": [LESSON_TYPE],
    "wagtailadmin_editing_sessions:ping": [LESSON_TYPE],
    "simple_translation:submit_snippet_translation": [LESSON_TYPE],
    "wagtailadmin_workflows:add_task": [
        {"app_label": "wagtailcore", "model_name": "groupapprovaltask"}],
    "wagtailadmin_pages:workflow_action": [{"action_name": n} for n in ("approve", "reject")],
    "wagtailadmin_pages:collect_workflow_action_data": [
        {"action_name": n} for n in ("approve", "reject")],
}
# What a view works with where it does not say so itself.
MODEL_OF_VIEW = {
    "simple_translation:submit_snippet_translation": "wagtailcore.page",
    "wagtailadmin_workflows:enable": "wagtailcore.workflow",
    "wagtailadmin_workflows:usage": "wagtailcore.workflow",
    "wagtailadmin_workflows:usage_results": "wagtailcore.workflow",
    "wagtailadmin_workflows:edit_task": "wagtailcore.task",
    "wagtailadmin_workflows:enable_task": "wagtailcore.task",
    "hub_email": "hub.queuedemail",
    "members_sign_in_of_user": "auth.user",
    "courses_import_report": "courses.handoutimport",
    "wagtaildocs_chooser:chosen": "hub.hubdocument",
    "wagtaildocs_chooser:chosen_multiple": "hub.hubdocument",
    "wagtailadmin_pages:revisions_compare": "wagtailcore.page",
    "wagtailadmin_choose_page_chosen_multiple": "wagtailcore.page",
}


@dataclass(frozen=True)
class Address:
    """One pattern below the editor's root."""

    route: str
    pattern: URLPattern
    parameters: tuple = ()
    namespaces: tuple = ()

    @property
    def name(self) -> str:
        return ":".join((*self.namespaces, self.pattern.name or ""))

    @property
    def model(self) -> str:
        """The label of the view's own model; "" where it names none."""
        view = self.pattern.callback
        kwargs = getattr(view, "view_initkwargs", {}) or getattr(view, "initkwargs", {})
        view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
        model = kwargs.get("model") or getattr(view_class, "model", None)
        return model._meta.label_lower if isinstance(model, type) else str(model or "").lower()


def addresses() -> list[Address]:
    """All of them, in the resolver's order."""
    return [
        address for address in _walk(get_resolver(), "", (), ())
        if address.route.startswith(ROOT)
    ]


def _walk(resolver, route, parameters, namespaces):
    for pattern in resolver.url_patterns:
        names = (*parameters, *pattern.pattern.converters, *(
            () if isinstance(pattern.pattern, RoutePattern) else pattern.pattern.regex.groupindex))
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(here, pattern, tuple(dict.fromkeys(names)), namespaces)
        else:
            inner = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern, here, names, namespaces + inner)


def names_an_object(address) -> bool:
    """Whether a parameter of ``address`` is an id; words may narrow what a list is of."""
    return any(name == "pk" or name in MODEL_OF_PARAMETER for name in address.parameters)


def values_for(address, objects) -> list[dict]:
    """Keyword arguments for ``address`` from ``objects``: label of a model or parameter → ids.

    Raises LookupError for a parameter that nobody knows a value for.
    """
    words = _words(address)
    lists = {
        parameter: WORDS.get(parameter) or _ids(address, parameter, objects)
        for parameter in address.parameters if parameter not in words[0]
    }
    if len(lists) > 1:  # the lesson's own, and one page that is not it
        lists = {name: ids[:2] for name, ids in lists.items()}
    return [
        {**word, **dict(zip(lists, ids, strict=True))}
        for word in words for ids in product(*lists.values())
    ]


def _words(address) -> list[dict]:
    """Models and actions that the address names, from Wagtail's registries where there is one."""
    if address.name == "wagtail_bulk_action":
        actions = bulk_action_registry.get_bulk_actions_for_model
        return [
            {"app_label": model._meta.app_label, "model_name": model._meta.model_name,
             "action": action.action_type}
            for model in (Page, HubDocument, HubImage)
            for action in actions(model._meta.app_label, model._meta.model_name)
        ]
    if address.name == "wagtailadmin_api:pages:action":
        return [{"action_name": name} for name in PagesAdminAPIViewSet.actions]
    if address.name == "wagtailadmin_tag_model_autocomplete":
        return [
            {"app_name": model._meta.app_label, "model_name": model._meta.model_name}
            for model in apps.get_models() if issubclass(model, TagBase)
        ]
    return MODELS.get(address.name, [{}])


def _ids(address, parameter, objects) -> list:
    label = MODEL_OF_PARAMETER.get(parameter)
    if parameter == "pk":
        label = MODEL_OF_VIEW.get(address.name) or address.model
    ids = objects.get(parameter) or objects.get(label)
    if not ids:
        raise LookupError(f"{address.route} ({address.name}): {parameter}, of “{label}”")
    return ids
