"""Draft resolutions: what is laid before an assembly, deliberated paragraph by paragraph."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import path
from wagtail.fields import StreamField

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.sections import Section
from hub.thai.text import typed
from policy.models.process import ProcessStage


class TabledBlock(blocks.StreamBlock):
    """The paragraphs of a draft as they are laid before the assembly, in order."""

    considering = blocks.TextBlock(label=_("Considering"), icon="info-circle", rows=3)
    operative = blocks.TextBlock(label=_("Operative paragraph"), icon="list-ol", rows=3)


def normal(text) -> str:
    """A wording as it is kept and compared: composed, lines of any system, no blanks around."""
    return "\n".join(line.rstrip() for line in typed(str(text)).splitlines())


class DraftResolutionPage(KnowledgePage):
    """A draft on one agenda item, with paragraphs that people comment and amend.

    Its text is written here until it is first published. From then on each paragraph is a
    ``Paragraph`` with wordings of its own; once somebody has contributed, only decisions of the
    secretariat change them.
    """

    stage = Stage.DRAFT
    page_description = _("A draft that people comment and amend paragraph by paragraph.")
    chain = {
        Relation.CITES: {
            Stage.MODEL, Stage.LESSON, Stage.PRACTICE, Stage.ISSUE, Stage.REPLICATION,
            Stage.CURRICULUM,
        },
        Relation.FOLLOWS_UP: {Stage.ISSUE, Stage.RESOLUTION},
        Relation.FOLLOWED_UP_BY: {Stage.RESOLUTION},
    }

    tabled = StreamField(
        TabledBlock(), verbose_name=_("text of the draft"),
        help_text=_("One block a paragraph. Operative paragraphs become clauses on adoption."),
    )
    hold_first = models.BooleanField(
        _("hold first contributions"), default=True,
        help_text=_(
            "What people say who never had a contribution approved waits for the secretariat."
        ),
    )

    content_panels = (
        KnowledgePage.content_panels
        + [FieldPanel("tabled"), FieldPanel("hold_first"), FieldPanel("body")]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["policy.AssemblyPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("draft resolution")
        verbose_name_plural = _("draft resolutions")

    def clean(self):
        super().clean()
        if not self.pk or not self.is_deliberated:
            return
        stored = DraftResolutionPage.objects.only("tabled").get(pk=self.pk)
        if _said(stored.tabled) != _said(self.tabled):
            raise ValidationError({"tabled": _(
                "People have contributed to this text, so it changes by decisions only: open the "
                "page and choose “Secretariat”."
            )})

    def get_context(self, request, *args, **kwargs):
        from policy.deliberation.timeline import timeline_of

        context = super().get_context(request, *args, **kwargs)
        context["timeline"] = timeline_of(self.assembly, self)
        return context

    @cached_property
    def assembly(self):
        return self.get_parent().specific

    @property
    def is_deliberated(self) -> bool:
        """Whether anybody has contributed or decided, so that the tabled text is settled."""
        return (
            self.decisions.exists()
            or self.paragraphs.filter(contributions__isnull=False).exists()
        )

    @property
    def is_readable(self) -> bool:
        """Whether anybody may read it now."""
        return DraftResolutionPage.objects.open_to_all().filter(pk=self.pk).exists()

    @cached_property
    def original(self) -> "DraftResolutionPage":
        """The text that counts and is deliberated: the one in the site's own language."""
        if self.locale.language_code == settings.LANGUAGE_CODE:
            return self
        twin = self.get_translations().filter(locale__language_code=settings.LANGUAGE_CODE).first()
        return twin if twin and twin.is_readable else self

    @cached_property
    def adopted_as(self):
        """The resolution that an editor made of it, published or not; None before."""
        return self.resolutions.order_by("pk").first()

    def is_open_for(self, kinds, today=None) -> bool:
        """Whether a stage of one of ``kinds`` is on and what is said here counts."""
        today = today or timezone.localdate()
        return (
            self.original == self
            and self.adopted_as is None
            and any(s.kind in kinds and s.holds(today) for s in self.assembly.stages)
            and self.is_readable
        )

    @cached_property
    def is_open(self) -> bool:
        """Whether paragraphs can be amended, supported and objected to today."""
        return self.is_open_for({ProcessStage.Kind.AMENDMENTS})

    @cached_property
    def is_open_to_comments(self) -> bool:
        return self.is_open or self.is_open_for({ProcessStage.Kind.HEARINGS})

    @cached_property
    def text(self) -> list:
        """Its paragraphs that stand, in order, each with its ``current`` wording."""
        from policy.models.paragraph import Paragraph

        return list(Paragraph.objects.filter(draft=self).standing().with_wordings())

    def sections(self):
        return [
            Section(p.anchor, str(p.heading), p.current.text) for p in self.text
        ] + super().sections()

    def documents_to_index(self):
        minutes = [h.minutes for h in self.assembly.hearings.all()
                   if h.minutes_id and h.draft_id == self.pk]
        return super().documents_to_index() + minutes

    # What people and the secretariat do stands in modules of its own; here are the addresses.

    @path("p/<str:label>/")
    def paragraph_route(self, request, label):
        from policy.deliberation import paragraph_views

        return paragraph_views.show(request, self, label)

    @path("p/<str:label>/<str:what>/")
    def contribute_route(self, request, label, what):
        from policy.deliberation import paragraph_views

        return paragraph_views.contribute(request, self, label, what)

    @path("said/<int:pk>/<str:what>/")
    def said_route(self, request, pk, what):
        from policy.deliberation import contribution_views

        return contribution_views.change(request, self, pk, what)

    @path("secretariat/")
    def secretariat_route(self, request):
        from policy.deliberation import secretariat_views

        return secretariat_views.workbench(request, self)

    @path("secretariat/<str:what>/")
    def secretariat_action_route(self, request, what):
        from policy.deliberation import secretariat_views

        return secretariat_views.act(request, self, what)

    @path("register/")
    def register_route(self, request):
        from policy.register import views

        return views.show(request, self)

    @path("register.<str:kind>/")
    def register_file_route(self, request, kind):
        from policy.register import views

        return views.download(request, self, kind)


def _said(stream) -> list[tuple]:
    return [(str(block.id), block.block_type, normal(block.value)) for block in stream]
