"""Forms of the page editor."""

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import ClusterForm
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page

from hub.chain.relations import DEPENDENCE, STAGE_PLURALS
from hub.pages import form_extensions
from hub.pages.slugs import validate_thai_slug
from hub.thai.slugs import slugify_thai


def available_slug(base, parent_page, page) -> str:
    """``base``, with a number behind it when a sibling has that slug already."""
    slug, number = base, 1
    while not Page._slug_is_available(slug, parent_page, page if page.pk else None):
        number += 1
        slug = f"{base}-{number}"
    return slug


class HubPageForm(WagtailAdminPageForm):
    """Keeps Thai marks in slugs and makes the slug from the title when it is left empty.

    The editor's script slugifies without Thai marks, so the field is a plain text input and the
    slug is made here; ``hub.pages.panels.TITLE`` keeps the script from copying the title into it.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.validators = [validate_thai_slug]
            slug.widget = forms.TextInput()
            slug.required = False
            slug.help_text = _("The page's part of its address. Leave empty: made from the title.")

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and "slug" not in self.errors and not cleaned.get("slug"):
            base = slugify_thai(cleaned.get("title", ""))
            if base:
                cleaned["slug"] = available_slug(base, self.parent_page, self.instance)
        return cleaned


class StagesField(forms.MultipleChoiceField):
    """Kinds of page, ticked by their names; its value is their codes, joined by commas."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return _codes(value)

    def has_changed(self, initial, data):
        return super().has_changed(_codes(initial), data)

    def clean(self, value):
        return ",".join(super().clean(value))


def _codes(value) -> list[str]:
    return [code.strip() for code in value.split(",")] if isinstance(value, str) else value


class SectionPageForm(HubPageForm):
    """The form of a list: which kinds of page it shows is ticked, not typed."""

    stages = StagesField(
        label=_("kinds of page"), help_text=_("Which kinds the list shows."),
        choices=[(stage.value, plural) for stage, plural in STAGE_PLURALS.items()],
    )


class KnowledgePageForm(HubPageForm):
    """The form of every kind of knowledge page, with what other apps ask in it."""

    def clean(self):
        cleaned = super().clean()
        for problem in form_extensions.problems(
            self.instance, self.data, self.for_user or AnonymousUser()
        ):
            self.add_error(None, problem)
        return cleaned

    def save(self, commit=True):
        page = super().save(commit)
        # Not earlier: the formset of the chain throws away links that it does not know.
        form_extensions.apply(page, self.data, self.for_user)
        if commit:
            page.chain_links.commit()
        return page

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        version = self.instance.current_version
        if "changes" in self.fields and version and version.note == self.instance.changes:
            self.initial["changes"] = ""  # said of the version that is out already


class ChainLinkForm(ClusterForm):
    """A chain link in the form of the page that states it; ``page_model`` is that page's type."""

    page_model = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.page_model is not None and "relation" in self.fields:
            allowed = self.page_model.chain
            self.fields["relation"].choices = [("", "—")] + [
                (relation.value, relation.label) for relation in allowed
            ]

    def clean(self):
        cleaned = super().clean()
        link = self.instance
        link.relation = cleaned.get("relation") or ""
        if target := cleaned.get("target"):
            link.target = target
        if "version" in cleaned:
            if cleaned["version"] is None and self._may_cite(link):
                versions = link.target.published_versions
                cleaned["version"] = versions.values_list("number", flat=True).first()
            link.version = cleaned["version"]
        if link.relation and link.target_id and self.page_model:
            try:
                link.check_for(self.page_model, page_pk=link.page_id)
            except ValidationError as error:
                for field, messages in error.message_dict.items():
                    self.add_error(field, messages)
        return cleaned

    @staticmethod
    def _may_cite(link) -> bool:
        """Whether ``link`` is new and says that its page was written from the other one."""
        return link.pk is None and link.relation in DEPENDENCE and bool(link.target_id)
