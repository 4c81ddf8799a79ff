"""Curricula: what is taught, session by session, with everything needed to teach it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.routable_page.models import path
from wagtail.fields import StreamField

from courses import structured_data
from courses.editing.forms import CurriculumPageForm
from courses.editing.panels import ChecklistPanel
from courses.packs import views as downloads
from courses.teaching import sessions_with_files, to_bring
from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.blocks import ItemsBlock
from hub.pages.sections import Section, heading_anchor


class CurriculumPage(KnowledgePage):
    """A course that others can teach: aims, sessions, handouts, assessment.

    A ``Course`` and ``LearningResource`` of schema.org. Beside each field stands the property of
    schema.org (those that came from LRMI marked so) under which ``courses.structured_data`` says
    it; of what all kinds of pages have: title ``name``, summary ``abstract``, topics ``about``,
    areas ``spatialCoverage``, contributors ``author``, licence ``license``, version ``version``,
    language ``inLanguage``, translations ``workTranslation``, what it teaches in the chain
    ``citation``, what it rests on ``isBasedOn``.
    """

    stage = Stage.CURRICULUM
    page_description = _("A course ready to teach: sessions, plans, handouts.")
    chain = {
        Relation.TEACHES: {Stage.MODEL, Stage.LESSON},
        Relation.RESTS_ON: {Stage.PRACTICE, Stage.LESSON},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["audience", "aims", "competences", "prerequisites"]
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
    facilitator_notes = models.TextField(  # said nowhere outside the page
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

    def _handouts(self) -> list:
        """All handouts in order, each with its document and its session's place."""
        handouts, numbers = list(self.handouts.select_related("document")), self.session_numbers
        for handout in handouts:
            handout._numbers = numbers
        return handouts

    @property
    def public_handouts(self) -> list:
        """Handouts for everyone, in order, each with its document.

        Not those whose document is a facilitators' file in any curriculum as it stands today: an
        earlier version, or another curriculum, must not give away what was closed since.
        """
        from courses.files import closed_documents

        handouts = [h for h in self._handouts() if not h.facilitator_only]
        closed = closed_documents(h.document_id for h in handouts)
        return [h for h in handouts if h.document_id not in closed]

    def handouts_for(self, user) -> list:
        """The handouts that ``user`` may download: facilitators' files for facilitators."""
        return self._handouts() if may_facilitate(user) else self.public_handouts

    # What is served

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        handouts = self.handouts_for(request.user)
        context["handouts"] = handouts
        context["is_facilitator"] = may_facilitate(request.user)
        context["taught"] = [
            step for step in context["chain"].get(Relation.TEACHES, [])
            if step.page.stage == Stage.MODEL
        ]
        context["sessions"] = sessions_with_files(self, handouts)
        context["to_bring"] = to_bring(self)
        return context

    @path("pack/", name="pack")
    def pack(self, request):
        """The whole course pack as one zip, streamed."""
        return downloads.whole_pack(self, request)

    @path("session/<int:number>/pack/", name="session_pack")
    def session_pack(self, request, number):
        return downloads.one_session(self, request, number)

    @path("epub/", name="epub")
    def epub(self, request):
        return downloads.book(self, request, "epub")

    @path("pdf/", name="pdf")
    def pdf(self, request):
        return downloads.book(self, request, "pdf")

    @path("since/", name="which_copy")
    def which_copy(self, request):
        """Asks which copy of the course the reader has."""
        return living_views().which_copy(request, self)

    @path("since/<int:number>/", name="since")
    def since(self, request, number):
        """What changed since version ``number``, session by session."""
        return living_views().since(request, self, number)

    @path("since/<int:number>/pack/", name="changed_files")
    def changed_files(self, request, number):
        """Only the files that a copy of version ``number`` has not, as a zip."""
        return living_views().changed_files(request, self, number)

    @path("follow/", name="follow")
    def follow(self, request):
        """Asks where to write when the course changes."""
        return living_views().follow(request, self)

    @path("follow/asked/", name="follow_asked")
    def follow_asked(self, request):
        return living_views().follow_asked(request, self)

    @path("downloads/", name="downloads")
    def figures(self, request):
        """How often it was downloaded, for everybody who may read it."""
        return download_figures().figures_page(request, self)

    @path("downloads/csv/", name="downloads_csv")
    def figures_as_csv(self, request):
        return download_figures().figures_as_csv(request, self)

    @path("downloads/json/", name="downloads_json")
    def figures_as_json(self, request):
        return download_figures().figures_as_json(request, self)

    @path("json/", name="json")
    def as_json(self, request):
        """What everybody may read of it, as JSON-LD in the terms of schema.org."""
        return structured_data.json_response(self, request)

    def get_route_paths(self):
        """What was bookmarked or sent to others leads on when the page has another address."""
        return [
            *super().get_route_paths(), "/pack/", "/epub/", "/pdf/", "/json/", "/downloads/",
            "/since/", *(f"/since/{number}/" for number in self.version_numbers),
        ]

    # What is searched

    def documents_to_index(self):
        return super().documents_to_index() + [h.document for h in self.public_handouts]

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


def living_views():
    """The module is asked for late: it needs this one."""
    from courses.updates import views

    return views


def download_figures():
    """The module is asked for late: it needs this one."""
    from courses.downloads import views

    return views


def may_facilitate(user) -> bool:
    """Whether ``user`` may have the files that are for facilitators only."""
    return user.is_authenticated and (
        user.is_superuser or user.has_perm("courses.change_curriculumpage")
        or user.groups.filter(name=settings.FACILITATORS_GROUP).exists()
    )
