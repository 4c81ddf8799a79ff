"""A file that is handed out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from courses.models.curriculum_page import CurriculumPage


class Handout(Orderable):
    """A file of the course pack."""

    page = ParentalKey(CurriculumPage, on_delete=models.CASCADE, related_name="handouts")
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="handouts",
        verbose_name=_("document"),
    )
    session_number = models.PositiveSmallIntegerField(
        _("session"), null=True, blank=True, help_text=_("Empty: for the whole course.")
    )
    facilitator_only = models.BooleanField(_("for facilitators only"), default=False)

    panels = [FieldPanel("document"), FieldPanel("session_number"),
              FieldPanel("facilitator_only")]

    class Meta(Orderable.Meta):
        verbose_name = _("handout")

    def __str__(self):
        return self.document.title
