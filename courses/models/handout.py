"""Files that are handed out in a curriculum, now or formerly."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Exists, OuterRef, Q, Value
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from courses.editing.widgets import SessionSelect
from hub.models.knowledge_page import LICENCES

NOT_STATED = "not-stated"


class Handout(Orderable):
    """A file of the course pack.

    A ``LearningResource`` of schema.org among the ``hasPart`` of its session, or of the
    curriculum where it belongs to no session. ``session_key`` is the key of the session: a file
    stays with its session wherever that is moved to.
    """

    page = ParentalKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="handouts"
    )
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="handouts",
        verbose_name=_("document"),
    )
    purpose = models.CharField(  # schema.org description
        _("what it is for"), max_length=200, blank=True,
        help_text=_("For who teaches: when it is used and for whom. For example: one each, at "
                    "the second step."),
    )
    session_key = models.UUIDField(_("session"), null=True, blank=True)
    licence = models.CharField(  # schema.org license
        _("licence"), max_length=30, blank=True,
        choices=[("", _("As the curriculum")), *LICENCES, (NOT_STATED, _("Not known yet"))],
    )
    facilitator_only = models.BooleanField(_("for facilitators only"), default=False)

    panels = [
        FieldPanel("document"), FieldPanel("session_key", widget=SessionSelect),
        FieldPanel("purpose"), FieldPanel("licence"), FieldPanel("facilitator_only"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("handout")
        verbose_name_plural = _("handouts")

    def __str__(self):
        return self.document.title

    @cached_property
    def _session_numbers(self) -> dict:
        return self.page.session_numbers

    @property
    def session_number(self) -> int | None:
        """The place of its session, from 1; None for a file of the whole course."""
        return self._session_numbers.get(self.session_key) if self.session_key else None

    @session_number.setter
    def session_number(self, number):
        """Assign it to the session at place ``number``; to none if there is no such session."""
        keys = {place: key for key, place in self.page.session_numbers.items()}
        self.session_key = keys.get(number)

    @property
    def has_licence(self) -> bool:
        """False while its licence is marked as not known yet."""
        return self.licence != NOT_STATED

    @property
    def licence_code(self) -> str:
        """Its own licence, else the curriculum's; "" where it is not known yet."""
        return (self.licence or self.page.licence) if self.has_licence else ""


class KnownHandout(models.Model):
    """That a document is or was a handout, in any version or draft of a curriculum.

    Outlives the row of the handout, and the curriculum: a file that was kept from readers must
    not open to them when it is removed from the course. Written by ``courses.handouts.tracking``.
    """

    wagtail_reference_index_ignore = True

    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.SET_NULL, null=True,
        related_name="known_handouts",
    )
    was_public = models.BooleanField(default=False)  # in a published version
    was_closed = models.BooleanField(default=False)  # facilitators' only, in a published version

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "page"], name="unique_known_handout")
        ]

    def __str__(self):
        return f"{self.document_id} in {self.page_id}"


def closed_documents(pks) -> set[int]:
    """Those of the documents ``pks`` that are for facilitators only.

    These are facilitators' files of a published curriculum, and files that were such when they
    were removed from one, unless a published curriculum hands them to everybody now.
    """
    return closed_among(uses_of(pks))


class Use(NamedTuple):
    """That a curriculum hands a document out now, or that it is known to have done so.

    ``page`` is None where the curriculum is gone. Of a use now ``is_closed`` says that it is for
    facilitators only, ``is_live`` and ``was_published`` how the curriculum stands; of a known one
    ``is_closed`` and ``was_published`` say what it was in published versions, closed or public.
    """

    document: int
    page: int | None
    is_now: bool
    is_closed: bool
    is_live: bool
    was_published: bool
    is_readable: bool


def uses_of(pks, readable=None) -> list[Use]:
    """All uses of the documents ``pks`` as handouts, in one query. ``readable`` narrows a queryset
    of curricula to those that a reader may read; without it none counts as readable."""
    pages = Handout.page.field.related_model.objects.filter(pk=OuterRef("page")).order_by()
    is_readable = Exists(readable(pages)) if readable else _constant(False)
    now = Handout.objects.filter(document__in=list(pks)).order_by()
    known = KnownHandout.objects.filter(document__in=list(pks)).order_by()
    rows = now.values_list(
        "document", "page", _constant(True), "facilitator_only", "page__live",
        Q(page__first_published_at__isnull=False), is_readable,
    ).union(known.values_list(
        "document", "page", _constant(False), "was_closed", _constant(False), "was_public",
        is_readable,
    ), all=True)
    return [Use(*row) for row in rows]


def _constant(value):
    return Value(value, output_field=BooleanField())


def closed_among(uses) -> set[int]:
    """The documents that are for facilitators only, given all their uses."""
    closed = {
        use.document for use in uses
        if use.is_now and use.is_closed and (use.was_published or use.is_live)
    }
    formerly = {use.document for use in uses if not use.is_now and use.is_closed}
    open_now = {
        use.document for use in uses if use.is_now and not use.is_closed and use.is_live
    }
    return closed | (formerly - open_now)
