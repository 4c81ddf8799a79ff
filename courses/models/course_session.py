"""One session of a curriculum."""

import uuid
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable

from courses.editing.blocks import PlanBlock
from courses.editing.widgets import HiddenKey
from hub.pages.sections import heading_anchor


@dataclass(frozen=True)
class Step:
    """A step of the plan; ``start`` is in minutes from the beginning of the session."""

    start: int
    minutes: int
    what: str
    method: str
    materials: str
    who: str

    @property
    def end(self) -> int:
        return self.start + self.minutes

    @property
    def clock(self) -> str:
        """``start`` in hours and minutes: 1:15."""
        return clock(self.start)


def clock(minutes) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


class CourseSession(Orderable, ClusterableModel):
    """One session: how long it takes and its plan by the minute.

    A ``LearningResource`` of schema.org among the curriculum's ``hasPart``. Handouts refer to its
    ``key``, which stays the same when sessions change places, in drafts and in translations.
    """

    page = ParentalKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="sessions"
    )
    key = models.UUIDField(default=uuid.uuid4)
    title = models.CharField(_("title"), max_length=255)  # schema.org name
    aim = models.TextField(_("aim"), blank=True)  # schema.org description
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)  # LRMI timeRequired
    method = models.TextField(_("method"), blank=True)
    materials = models.TextField(  # schema.org material
        _("materials"), blank=True,
        help_text=_("What the whole session needs, one thing a line. What a single step needs "
                    "stands at the step."),
    )
    steps = StreamField(PlanBlock(), verbose_name=_("plan by the minute"), blank=True)

    panels = [
        FieldPanel("title"), FieldPanel("aim"), FieldPanel("minutes"), FieldPanel("steps"),
        FieldPanel("method"), FieldPanel("materials"), FieldPanel("key", widget=HiddenKey),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("session")

    def __str__(self):
        return self.title

    @property
    def anchor(self) -> str:
        return heading_anchor(self.title)

    @property
    def timetable(self) -> list[Step]:
        """The steps in order, each with its start."""
        found, start = [], 0
        for block in self.steps or []:
            value = block.value
            step = Step(
                start, value.get("minutes") or 0,
                *(value.get(name) or "" for name in ("what", "method", "materials", "who")),
            )
            found.append(step)
            start = step.end
        return found

    @property
    def planned_minutes(self) -> int:
        """Minutes of all steps together; ``minutes`` is how long the session should take."""
        return sum(step.minutes for step in self.timetable)

    @property
    def plan(self) -> str:
        """The plan as plain text, a line a step: 0:15–0:35 what · method · who."""
        lines = []
        for step in self.timetable:
            parts = [step.what, step.method, *step.materials.splitlines(), step.who]
            line = " · ".join(" ".join(text.split()) for text in parts if text.strip())
            lines.append(f"{step.clock}–{clock(step.end)} {line}")
        return "\n".join(lines)

    @property
    def material_names(self) -> list[str]:
        """What to bring: materials of the session and of its steps, each once, in order."""
        texts = [self.materials, *(step.materials for step in self.timetable)]
        lines = (line.strip(" •-–\t") for text in texts for line in text.splitlines())
        return list(dict.fromkeys(line for line in lines if line))
