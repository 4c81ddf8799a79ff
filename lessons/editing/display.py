"""Titles, names and addresses of closed lessons and private files where Wagtail shows them.

A page that anybody edits may have been linked to a lesson before it was closed. Its choosers and
rich text keep the link, and do not say to what it leads. Lists and reports that ask no policy have
the placeholder in the place of the title.
"""

import functools

from django.core import checks
from django.utils.translation import gettext as _
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.widgets import BaseChooser
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.models import Page

from lessons.editing.viewer import may_be_shown


def hide() -> None:
    """Make titles in the admin and choosers name closed things to those only who may see them."""
    for owner, name, wrap in WRAPPERS:
        method = getattr(owner, name)
        if not _asks_who_looks(method):
            wrapped = functools.wraps(method)(wrap(method))
            wrapped.asks_who_looks = True
            setattr(owner, name, wrapped)


def placeholder() -> str:
    return _("Closed by its organisation")


def _title(get_admin_display_title):
    def title(self):
        return get_admin_display_title(self) if may_be_shown(self) else placeholder()

    return title


def _value_data(get_value_data):
    def value_data(self, value):
        instance = self.get_instance(value)
        if instance is None or may_be_shown(instance):
            return get_value_data(self, instance)
        return {"id": instance.pk, "edit_url": None, self.display_title_key: placeholder()}

    return value_data


WRAPPERS = [
    (Page, "get_admin_display_title", _title), (BaseChooser, "get_value_data", _value_data),
]


def _asks_who_looks(method) -> bool:
    return getattr(method, "asks_who_looks", False)


@checks.register()
def titles_are_hidden(app_configs, **kwargs) -> list[checks.Error]:
    """That no page type and no chooser goes around ``hide``."""
    return [
        checks.Error(
            f"Its own {name} tells titles of closed lessons to every editor.",
            hint="Call the inherited method.", obj=kind, id="lessons.E001",
        )
        for owner, name, _wrap in WRAPPERS
        for kind in [owner, *_subclasses(owner)] if not _asks_who_looks(getattr(kind, name))
    ]


def _subclasses(kind) -> set[type]:
    found = set(kind.__subclasses__())
    return found.union(*map(_subclasses, found))


# Rich text in the editor's fields; what readers see of it, in drafts and previews too, is up to
# hub.access.rich_text


class PageLinkInField(PageLinkElementHandler):
    def get_attribute_data(self, attrs):
        if may_be_shown(Page(pk=int(attrs["id"]))):
            return super().get_attribute_data(attrs)
        return {"id": int(attrs["id"]), "url": None, "parentId": None}


class DocumentLinkInField(DocumentLinkElementHandler):
    def get_attribute_data(self, attrs):
        data = super().get_attribute_data(attrs)
        if "url" in data and _shown(DocumentLinkHandler.get_many([attrs])) == [None]:
            return {"id": data["id"]}
        return data


def _shown(instances) -> list:
    return [found if found and may_be_shown(found) else None for found in instances]


def register_links(features) -> None:
    """Put these handlers of links in the place of Wagtail's, registered before."""
    rules = features.converter_rules_by_converter["contentstate"]
    for feature, source, handler in (
        ("link", 'a[linktype="page"]', PageLinkInField("LINK")),
        ("document-link", 'a[linktype="document"]', DocumentLinkInField("DOCUMENT")),
    ):
        rule = rules[feature]
        features.register_converter_rule("contentstate", feature, rule | {
            "from_database_format": rule["from_database_format"] | {source: handler}})
