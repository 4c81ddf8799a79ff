"""One session of a curriculum."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from courses.models.curriculum_page import CurriculumPage
from hub.sections import heading_anchor


class CourseSession(Orderable, ClusterableModel):
    """One session: its plan by the minute, method and materials."""

    page = ParentalKey(CurriculumPage, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(_("title"), max_length=255)
    aim = models.TextField(_("aim"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    method = models.TextField(_("method"), blank=True)
    materials = models.TextField(_("materials"), blank=True)
    plan = models.TextField(_("plan by the minute"), blank=True)

    panels = [FieldPanel(n) for n in ("title", "aim", "minutes", "method", "materials", "plan")]

    class Meta(Orderable.Meta):
        verbose_name = _("session")

    def __str__(self):
        return self.title

    @property
    def anchor(self) -> str:
        return heading_anchor(self.title)
