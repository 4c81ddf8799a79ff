"""The editor's own doors: the form of a resolution, and deleting and copying its page.

The gate is in the models; here people are told, beside the field or before the act.
"""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from hub.pages.forms import KnowledgePageForm
from policy.models import AssemblyPage, Clause, ClauseTerms, ResolutionPage
from policy.models.clause_terms import (
    HELD_ONCE,
    OF_THE_RESOLUTION,
    hold,
    number_is_taken,
    original_of,
    published_message,
    taken_message,
    terms_of_resolution,
    twice_message,
)


@dataclass(frozen=True)
class HeldRow:
    """A clause in the form of its resolution: the fields ``names`` cannot be typed over."""

    form: forms.BaseForm
    names: tuple[str, ...]
    why: str

    def show(self) -> None:
        for name in self.names:
            if field := self.form.fields.get(name):
                field.disabled, field.help_text = True, self.why
        if "DELETE" in self.form.fields:
            self.form.fields["DELETE"].disabled = True

    def has_problems(self) -> bool:
        """Whether something else was sent; the form says so beside the field.

        Browsers do not send what cannot be typed: a form from before the clause was held does.
        """
        form, found = self.form, False
        if form.data.get(form.add_prefix("DELETE")):
            form.add_error(None, _("A clause that was published cannot be removed."))
            found = True
        for name in self.names:
            field, place = form.fields.get(name), form.add_prefix(name)
            if field is None or place not in form.data:
                continue
            sent = field.widget.value_from_datadict(form.data, form.files, place)
            if _differs(field, form.get_initial_for_field(field, name), sent):
                form.add_error(name, _("“%(text)s” was not taken. %(why)s") % {
                    "text": str(sent)[:80], "why": self.why})
                found = True
        return found


def _differs(field, initial, sent) -> bool:
    """As ``field.has_changed``, which a field that cannot be typed always denies."""
    if isinstance(initial, list):
        return {str(each.pk) for each in initial} != set(sent or [])
    try:
        return (field.to_python(sent) or None) != (initial or None)
    except ValidationError:
        return True


class ResolutionPageForm(KnowledgePageForm):
    """The form of a resolution: published clauses are shown as they stand, not changed."""

    def __init__(self, *args, **options):
        instance = options.get("instance")
        if instance is not None and instance.pk:
            hold(instance)  # also an earlier revision that is opened again
        super().__init__(*args, **options)
        self.original = original_of(self.instance) if self.instance.translation_key else None
        self.terms = terms_of_resolution(self.instance) if self.instance.pk else {}
        self._hold_fields()
        self.held = [row for form in self._clause_forms() if (row := self._held_row(form))]
        for row in self.held:
            row.show()

    def _hold_fields(self):
        names = OF_THE_RESOLUTION if self.original else ("adopted_on",) if self.terms else ()
        for name in names:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = self._of_original() if self.original else (
                    _("Its clauses are published; their days count from here."))

    def _of_original(self) -> str:
        return _("It is the same in all languages; change it in “%(title)s”.") % {
            "title": self.original.title}

    def _held_row(self, form) -> HeldRow | None:
        key = form.instance.translation_key if form.instance.pk else None
        if terms := self.terms.get(key):
            words = ("text",) if self.instance.locale.language_code in terms.texts else ()
            return HeldRow(form, (*HELD_ONCE, "parties", *words), published_message())
        if self.original is not None and key:
            return HeldRow(form, (*HELD_ONCE, "parties"), self._of_original())
        return None

    def _clause_forms(self):
        return self.formsets["clauses"].forms if "clauses" in self.formsets else []

    def clean(self):
        cleaned = super().clean()
        number = cleaned.get("number")
        # A page that has its place is checked by the model.
        if not self.instance.pk and self.parent_page and number_is_taken(
            self.parent_page.specific, number, self.instance
        ):
            self.add_error("number", taken_message(number))
        return cleaned

    def is_valid(self):
        valid = super().is_valid()
        return self.is_bound and self._rows_are_valid and valid

    @cached_property
    def _rows_are_valid(self) -> bool:
        wrong = [row for row in self.held if row.has_problems()]
        valid = not wrong
        shown = {form.instance.translation_key for form in self._clause_forms()}
        seen = {terms.number for key, terms in self.terms.items() if key not in shown}
        for form in self._clause_forms():
            number = getattr(form, "cleaned_data", {}).get("number")
            if not number or form.cleaned_data.get("DELETE"):
                continue
            if number in seen:
                form.add_error("number", twice_message(number))
                valid = False
            seen.add(number)
            if self.original is not None and not form.instance.pk and form.has_changed():
                form.add_error(None, self._of_original())
                valid = False
        return valid


# Wagtail reads the form class of a page from its model.
ResolutionPage.base_form_class = ResolutionPageForm


def before_delete_page(request, page):
    """Refuse to delete a page below which a clause was published, before it is asked for."""
    if clause := _published_below([page]):
        return _refuse(request, clause, page.pk)
    return None


def before_bulk_action(request, action_type, objects, action):
    """As ``before_delete_page``, of many pages."""
    is_of_pages = action_type == "delete" and objects and hasattr(objects[0], "path")
    if is_of_pages and (clause := _published_below(objects)):
        return _refuse(request, clause, objects[0].pk)
    return None


def _refuse(request, clause, pk):
    messages.error(request, _(
        "Resolution %(number)s has clauses that were published. They cannot be removed: unpublish "
        "the page, or withdraw it with a reason."
    ) % {"number": clause.page.number})
    return redirect("wagtailadmin_pages:edit", pk)


def _published_below(pages):
    """A published clause of ``pages`` or what is below them; None where there is none."""
    for page in pages:
        found = Clause.objects.filter(
            page__path__startswith=page.path, page__alias_of=None, page__is_demonstration=False,
            page__first_published_at__isnull=False,
            translation_key__in=ClauseTerms.objects.values("clause_key"),
        ).select_related("page").first()
        if found:
            return found
    return None


def before_copy_page(request, page):
    """Refuse a copy that would have the number of its original."""
    page, parent = page.specific, request.POST.get("new_parent_page", "")
    if not isinstance(page, ResolutionPage) or not parent.isdigit():
        return None
    assembly = AssemblyPage.objects.filter(pk=parent).first()
    if number_is_taken(assembly, page.number):
        messages.error(request, taken_message(page.number))
        return redirect("wagtailadmin_pages:copy", page.pk)
    return None
