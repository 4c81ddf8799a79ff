"""A file that is handed out."""

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from courses.editing.widgets import SessionSelect
from courses.models.curriculum_page import CurriculumPage
from hub.models.knowledge_page import LICENCES

NOT_STATED = "not-stated"


class Handout(Orderable):
    """A file of the course pack.

    A ``LearningResource`` of schema.org among the ``hasPart`` of its session, or of the
    curriculum where it belongs to no session. ``session_key`` is the key of the session: a file
    stays with its session wherever that is moved to.
    """

    page = ParentalKey(CurriculumPage, on_delete=models.CASCADE, related_name="handouts")
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
    def _numbers(self) -> dict:
        return self.page.session_numbers

    @property
    def session_number(self) -> int | None:
        """The place of its session, from 1; None for a file of the whole course."""
        return self._numbers.get(self.session_key) if self.session_key else None

    @session_number.setter
    def session_number(self, number):
        """Give it to the session that stands at ``number`` now; to none if there is none."""
        keys = {place: key for key, place in self.page.session_numbers.items()}
        self.session_key = keys.get(number)

    @property
    def licence_code(self) -> str:
        """Its own licence, else the curriculum's; "" where it is not known yet."""
        return "" if self.licence == NOT_STATED else self.licence or self.page.licence
