"""The steps of a session's plan."""

from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class PlanStepBlock(blocks.StructBlock):
    """One step: how long, what happens, how, with what, and who leads it.

    LRMI terms, as exported by ``courses.structured_data``: ``timeRequired``, ``text``.
    """

    minutes = blocks.IntegerBlock(
        label=_("minutes"), min_value=1, max_value=24 * 60, default=15,
        validators=[MaxValueValidator(24 * 60)],
    )
    what = blocks.TextBlock(label=_("what happens"), rows=2)
    who = blocks.CharBlock(label=_("who"), required=False, max_length=255)
    method = blocks.CharBlock(label=_("method"), required=False, max_length=255)
    materials = blocks.TextBlock(
        label=_("materials"), required=False, rows=2, help_text=_("One thing a line.")
    )

    class Meta:
        icon = "time"
        label = _("Step")
        form_classname = "struct-block plan-step"
        preview_value = {
            "minutes": 15, "what": "แนะนำตัวด้วยเรื่องปูตัวที่จำได้", "method": "วงคุย",
            "materials": "", "who": "วิทยากร",
        }
        description = _("A stretch of the session: minutes, what, method, materials, who")


class PlanBlock(blocks.StreamBlock):
    """The steps of a session, in order."""

    step = PlanStepBlock()
