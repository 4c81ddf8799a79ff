"""Draft resolutions, which an assembly deliberates paragraph by paragraph."""

from collections import defaultdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from hub.access.readers import anybody
from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.sections import Section
from policy.models.paragraph import Paragraph, normalise_wording
from policy.models.process import ProcessStage


class TabledBlock(blocks.StreamBlock):
    """The paragraphs of a draft as tabled, in order."""

    considering = blocks.TextBlock(label=_("Considering"), icon="info-circle", rows=3)
    operative = blocks.TextBlock(label=_("Operative paragraph"), icon="list-ol", rows=3)


class DraftResolutionPage(KnowledgePage):
    """A draft on one agenda item, with paragraphs that people comment on and amend.

    Editors write the text in ``tabled``. Publishing turns each block into a ``Paragraph`` with
    wordings of its own; once somebody has contributed, only decisions of the secretariat change
    them.
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
    hold_first_contributions = models.BooleanField(
        _("hold first contributions"), default=True,
        help_text=_(
            "What people say who never had a contribution approved waits for the secretariat."
        ),
    )

    content_panels = (
        KnowledgePage.content_panels
        + [FieldPanel("tabled"), FieldPanel("hold_first_contributions"), FieldPanel("body")]
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
        if _tabled_text(stored.tabled) != _tabled_text(self.tabled):
            raise ValidationError({"tabled": _(
                "People have contributed to this text, so it changes by decisions only: open the "
                "page and choose “Secretariat”."
            )})

    @cached_property
    def assembly(self):
        assembly = self.get_parent().specific
        if assembly.locale_id == self.locale_id:
            assembly.locale = self.locale
        return assembly

    @property
    def is_deliberated(self) -> bool:
        """Whether anybody has contributed or decided, after which the tabled text is fixed."""
        return (
            self.decisions.exists()
            or self.paragraphs.filter(contributions__isnull=False).exists()
        )

    @property
    def is_readable(self) -> bool:
        """Whether anybody may read it now."""
        return anybody().may_read(self)

    @cached_property
    def original(self) -> "DraftResolutionPage":
        """The page that is deliberated: the one in the default language, else this one."""
        find_originals([self])
        return self.__dict__["original"]

    @cached_property
    def adopted_as(self):
        """The resolution created from it, published or not; None before the adoption."""
        return min(self.resolutions.all(), key=lambda page: page.pk, default=None)

    @cached_property
    def is_adopted(self) -> bool:
        return self.adopted_as is not None

    def is_open_for(self, kinds, today=None) -> bool:
        """Whether contributions are accepted: a stage of one of ``kinds`` includes ``today``, and
        the page is the original, readable and not adopted yet."""
        today = today or timezone.localdate()
        return (
            self.original == self
            and not self.is_adopted
            and any(s.kind in kinds and s.includes(today) for s in self.assembly.stages)
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
    def active_paragraphs(self) -> list[Paragraph]:
        """The paragraphs of the text in order, each with its wordings."""
        return list(self.paragraphs.active().with_wordings())

    @classmethod
    def load_for_index(cls, pages):
        super().load_for_index(pages)
        paragraphs = defaultdict(list)
        for paragraph in Paragraph.objects.filter(draft__in=pages).active().with_wordings():
            paragraphs[paragraph.draft_id].append(paragraph)
        above = {page: page.path[:-page.steplen] for page in pages}
        assemblies = list(KnowledgePage.objects.filter(path__in=above.values()).specific())
        models.prefetch_related_objects(assemblies, "hearings__minutes__collection")
        by_path = {assembly.path: assembly for assembly in assemblies}
        for page in pages:
            page.active_paragraphs = paragraphs[page.pk]
            page.assembly = by_path[above[page]]

    def sections(self):
        return [
            Section(p.anchor, str(p.heading), p.current.text) for p in self.active_paragraphs
        ] + super().sections()

    def documents_shown(self):
        minutes = [h.minutes for h in self.assembly.hearings.all()
                   if h.minutes_id and h.draft_id == self.pk]
        return super().documents_shown() + minutes


def find_originals(drafts) -> None:
    """Set ``original`` of each of ``drafts``, in one query for all."""
    others = [d for d in drafts if d.locale.language_code != settings.LANGUAGE_CODE]
    found = DraftResolutionPage.objects.open_to_all().filter(
        locale__language_code=settings.LANGUAGE_CODE,
        translation_key__in=[draft.translation_key for draft in others],
    ).select_related("locale") if others else []
    originals = {page.translation_key: page for page in found}
    for draft in drafts:
        is_other = draft.locale.language_code != settings.LANGUAGE_CODE
        draft.original = originals.get(draft.translation_key, draft) if is_other else draft


def _tabled_text(stream) -> list[tuple]:
    return [(str(block.id), block.block_type, normalise_wording(block.value)) for block in stream]
