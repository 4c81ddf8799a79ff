"""Curricula: courses with sessions, handouts and everything needed to teach them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField

from courses.editing.forms import CurriculumPageForm
from courses.editing.panels import ChecklistPanel
from courses.models.handout import Handout, closed_documents
from courses.permissions import facilitates
from courses.teaching import materials_needed, sessions_with_handouts
from hub.access.readers import Reader
from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.blocks import ItemsBlock
from hub.pages.sections import Section, heading_anchor


class CurriculumPage(KnowledgePage):
    """A course that others can teach: aims, sessions, handouts, assessment.

    A ``Course`` and ``LearningResource`` of schema.org. Beside each field stands the property of
    schema.org (those that came from LRMI marked so) under which
    ``courses.structured_data`` exports it. Fields of all page types: title ``name``, summary
    ``abstract``, topics ``about``, areas ``spatialCoverage``, contributors ``author``, licence
    ``license``, version ``version``, language ``inLanguage``, translations ``workTranslation``,
    what it teaches in the chain ``citation``, what it rests on ``isBasedOn``.
    """

    stage = Stage.CURRICULUM
    page_description = _("A course ready to teach: sessions, plans, handouts.")
    chain = {
        Relation.TEACHES: {Stage.MODEL, Stage.LESSON},
        Relation.RESTS_ON: {Stage.PRACTICE, Stage.LESSON},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["audience", "aims", "competences", "prerequisites"]
    read_by_index = ["sessions", "handouts__document__collection"]
    keeps_versions = True
    compared = [
        "audience", "aims", "competences", "prerequisites", "public_handouts", "sessions",
        "assessment", "body",
    ]

    audience = models.TextField(_("for whom"))  # LRMI audience: EducationalAudience
    aims = StreamField(ItemsBlock(), verbose_name=_("aims"), blank=True)  # description
    competences = StreamField(  # LRMI teaches
        ItemsBlock(), verbose_name=_("competences"), blank=True
    )
    prerequisites = models.TextField(  # LRMI competencyRequired, coursePrerequisites
        _("prerequisites"), blank=True
    )
    assessment = models.TextField(_("assessment"), blank=True)  # LRMI assesses
    facilitator_notes = models.TextField(  # not in any export
        _("notes for facilitators"), blank=True, help_text=_("Shown to facilitators only.")
    )

    base_form_class = CurriculumPageForm
    content_panels = (
        KnowledgePage.content_panels
        + [
            FieldPanel("audience"),
            FieldPanel("aims"),
            FieldPanel("competences"),
            FieldPanel("prerequisites"),
            InlinePanel("sessions", heading=_("Sessions"), label=_("session")),
            InlinePanel("handouts", heading=_("Handouts"), label=_("handout")),
            FieldPanel("assessment"),
            FieldPanel("facilitator_notes"),
            FieldPanel("body"),
        ]
        + KnowledgePage.version_panels
        + KnowledgePage.filing_panels
        + [ChecklistPanel(heading=_("Before publishing"))]
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("curriculum")
        verbose_name_plural = _("curricula")

    @property
    def minutes(self) -> int:
        """Length of all sessions together."""
        return sum(session.minutes for session in self.sessions.all())

    # Handouts

    @property
    def session_numbers(self) -> dict:
        """Key of a session → its place, from 1."""
        return {session.key: place for place, session in enumerate(self.sessions.all(), 1)}

    def all_handouts(self) -> list[Handout]:
        """All handouts in order, facilitators' files included, each with its document."""
        handouts = self.handouts.all()
        if "handouts" not in getattr(self, "_prefetched_objects_cache", {}):
            handouts = handouts.select_related("document__collection")
        handouts = list(handouts)
        models.prefetch_related_objects(handouts, "document__collection")  # the rows of a draft
        numbers = self.session_numbers
        for handout in handouts:
            handout._session_numbers = numbers
        return handouts

    @property
    def public_handouts(self) -> list[Handout]:
        """Handouts that every reader of this page may have, in order, each with its document."""
        return self.handouts_for(Reader.of_page(self))

    def handouts_for(self, reader) -> list[Handout]:
        """The handouts that ``reader`` may have: facilitators' files for facilitators.

        Without those whose document is a facilitators' file in any curriculum as it is published
        now, or is private: an earlier version, or another curriculum, must not give away what was
        closed since.
        """
        may_have_all = facilitates(reader)
        handouts = [h for h in self.all_handouts() if may_have_all or not h.facilitator_only]
        had = {document.pk for document in reader.having(h.document for h in handouts)}
        return [h for h in handouts if h.document_id in had]

    def handouts_closed_elsewhere(self) -> list[Handout]:
        """Handouts meant for everybody that participants do not get: their document is, or was
        when it was last published, for facilitators only in another curriculum."""
        handouts = [h for h in self.handouts.all() if not h.facilitator_only]
        closed = closed_documents(h.document_id for h in handouts)
        return [
            h for h in handouts
            if h.document_id in closed and not self._closes_alone(h.document_id)
        ]

    def _closes_alone(self, document_id) -> bool:
        """Whether only this page, as it is published, closes the document."""
        closing = Handout.objects.filter(document=document_id, facilitator_only=True)
        return not closing.exclude(page=self.pk).exists() and closing.filter(page=self.pk).exists()

    # Serving

    def keep_rows(self):
        """Read sessions and handouts once; for a page that is shown and not saved."""
        self.sessions.get_object_list()
        if not self.handouts.is_deferring:
            self.handouts.set(self.all_handouts())

    def get_context(self, request, *args, **kwargs):
        self.keep_rows()
        context = super().get_context(request, *args, **kwargs)
        reader = Reader.of(request).at(self)
        handouts = self.handouts_for(reader)
        context["handouts"] = handouts
        # None: others get other files, and who needs to know which asks.
        context["public_handouts"] = handouts if reader.is_as(Reader.of_page(self)) else None
        context["is_facilitator"] = facilitates(reader)
        context["taught"] = [
            step for step in context["chain"].get(Relation.TEACHES, [])
            if step.page.stage == Stage.MODEL
        ]
        context["sessions"] = sessions_with_handouts(self, handouts)
        context["materials"] = materials_needed(self)
        return context

    def get_route_paths(self):
        """Addresses that redirect when the page moves: they are bookmarked and passed on."""
        return [
            *super().get_route_paths(), "/pack/", "/epub/", "/pdf/", "/json/", "/downloads/",
            "/since/", *(f"/since/{number}/" for number in self.version_numbers),
        ]

    # Searching

    def documents_shown(self):
        return super().documents_shown() + [
            h.document for h in self.all_handouts() if not h.facilitator_only]

    def sections(self):
        found = [s for name in self.section_fields for s in self.field_section(name)]
        for session in self.sessions.all():
            texts = [session.aim, session.method, session.materials, session.plan]
            found.append(
                Section(session.anchor, session.title, "\n".join(filter(None, texts)))
            )
        found += self.field_section("assessment")
        return found + [s for s in super().sections() if s.anchor not in
                        {heading_anchor(name) for name in self.section_fields}]
