"""Lessons learned, open to everybody or closed to all but the organisation that learned them."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import PageManager

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage, Organisation, OrganisationKey
from hub.models.knowledge_page import KnowledgePageQuerySet
from lessons.models.masked_lesson import MaskedLesson
from lessons.models.private_collection import PrivateCollection
from lessons.privacy import permissions, restriction
from lessons.privacy.forms import LessonPageForm
from lessons.privacy.panels import MaskingPanel


class LessonPageQuerySet(KnowledgePageQuerySet):
    def closed(self):
        """Lessons that only their organisation may read as they are."""
        return self.exclude(openness=LessonPage.Openness.PUBLIC)

    def hidden_from(self, user):
        """Closed lessons of organisations that ``user`` does not belong to."""
        if user.is_active and user.is_superuser:
            return self.none()
        return self.closed().exclude(organisation__in=Organisation.objects.of(user))


LessonPageManager = PageManager.from_queryset(LessonPageQuerySet)


class LessonPage(KnowledgePage):
    """What was learned from one event: what was expected, what happened, why, what to change."""

    class LessonType(models.TextChoices):
        LESSON = "lesson", _("Lesson learned")
        CHALLENGE = "challenge", _("Challenge")
        GOOD_PRACTICE = "good_practice", _("Good practice")

    stage = Stage.LESSON
    page_description = _("What was expected, what happened, why, and what to do next time.")
    chain = {
        Relation.RESTS_ON: {Stage.PRACTICE, Stage.STUDY_TOUR},
        Relation.EXTRACTED_FROM: {Stage.PRACTICE, Stage.STUDY_TOUR},
        Relation.EXTRACTED_INTO: {Stage.MODEL},
        Relation.SUPPORTS: {Stage.MODEL, Stage.ISSUE, Stage.CURRICULUM},
        Relation.TAUGHT_BY: {Stage.CURRICULUM},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["event", "expected", "happened", "why", "next_time"]

    class Openness(models.TextChoices):
        """Who may read a lesson. All but the first are closed."""

        PUBLIC = "public", _("Everybody may read it")
        ANONYMISED = "anonymised", _("Everybody may read a masked copy")
        AGGREGATE = "aggregate", _("Only together with at least four others like it")
        PRIVATE = "private", _("Only our organisation may read it")

    openness = models.CharField(
        _("who may read it"), max_length=12, choices=Openness.choices, default=Openness.PUBLIC,
        help_text=_(
            "A lesson that is closed to others is closed as soon as it is saved. To open it again, "
            "publish it."
        ),
    )
    organisation = OrganisationKey(
        on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("our organisation"),
        help_text=_("Its members read the lesson as it is. You see those you belong to."),
    )
    lesson_type = models.CharField(
        _("type"), max_length=20, choices=LessonType.choices, default=LessonType.LESSON
    )
    event = models.TextField(_("the event"), help_text=_("What was done, where and when."))
    expected = models.TextField(_("what was expected"))
    happened = models.TextField(_("what happened"))
    why = models.TextField(_("why"))
    next_time = models.TextField(_("what to do next time"))
    validated_by = models.CharField(_("validated by"), max_length=200, blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)

    objects = LessonPageManager()
    base_form_class = LessonPageForm

    content_panels = (
        KnowledgePage.content_panels
        + [
            MultiFieldPanel(
                [
                    FieldPanel("openness"),
                    # Authors have one or two of their own; a chooser would offer everybody's.
                    FieldPanel("organisation", widget=forms.Select), MaskingPanel(),
                ],
                heading=_("Who may read it"),
            ),
            FieldPanel("lesson_type"),
            FieldPanel("event"),
            FieldPanel("expected"),
            FieldPanel("happened"),
            FieldPanel("why"),
            FieldPanel("next_time"),
            FieldPanel("body"),
            MultiFieldPanel(
                [FieldPanel("validated_by"), FieldPanel("validated_on")], heading=_("Validation")
            ),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @property
    def is_closed(self) -> bool:
        return self.openness != self.Openness.PUBLIC

    @property
    def is_masked_copy(self) -> bool:
        """Whether this page is the masked copy of a closed lesson."""
        return MaskedLesson.objects.filter(copy=self.pk).exists()

    def private_collection(self):
        """The collection for files of a closed lesson; created if there is none."""
        return PrivateCollection.of(self.organisation)

    def clean(self):
        super().clean()
        if self.is_closed and not self.organisation_id:
            raise ValidationError({"organisation": _("Say which organisation keeps this lesson.")})

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save the row; the restriction of a closed lesson is written first."""
        fields = kwargs.get("update_fields")
        if fields is not None and not {"openness", "organisation"} & set(fields):
            return super().save(*args, **kwargs)
        before = restriction.before_saving(self)
        saved = super().save(*args, **kwargs)
        restriction.after_saving(self, before)
        return saved

    @transaction.atomic
    def save_revision(self, *args, **kwargs):
        """Save a draft; a draft that closes the lesson closes the live page at once."""
        restriction.before_saving_draft(self)
        revision = super().save_revision(*args, **kwargs)
        restriction.protect_files(self)
        return revision

    def permissions_for_user(self, user):
        return permissions.LessonPermissions(user, self)

    def get_workflow(self):
        """None for a closed lesson: moderators from outside must not read it."""
        if self.is_closed or restriction.is_closed_in_database(self):
            return None
        return super().get_workflow()

    @property
    def has_workflow(self):
        return self.get_workflow() is not None
