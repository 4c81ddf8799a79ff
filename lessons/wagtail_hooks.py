"""Lessons in the editor: who sees closed ones, masking, suggestions."""

from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.models import Collection, Page
from wagtail.permissions import register_permission_policy

from hub.models import HubDocument, HubImage, KnowledgePage
from hub.people.personal_data import PersonalData
from lessons.editing import bulk_actions, display, lists, log_entries
from lessons.editing.home_panels import hide_closed_lessons
from lessons.editing.policies import CollectionPolicy, FilePolicy, PagePolicy
from lessons.masking import views as masking_views
from lessons.models import LessonAnswer, LessonPage
from lessons.suggestions import personal_data
from lessons.suggestions import views as suggestion_views
from lessons.suggestions.answers import LessonAnswersExtension
from lessons.usage import broken_links

register_permission_policy(Page, PagePolicy())
register_permission_policy(Collection, CollectionPolicy(Collection), exact_class=True)
for model, name in ((HubDocument, "wagtaildocs.Document"), (HubImage, "wagtailimages.Image")):
    # Exact, so that it takes precedence over Wagtail's own, whichever is registered last.
    register_permission_policy(
        model, FilePolicy(model, auth_model=name, owner_field_name="uploaded_by_user"),
        exact_class=True,
    )
bulk_actions.register()
display.hide()
lists.hide()
log_entries.hide()


@hooks.register("construct_page_chooser_queryset")
def exclude_closed_lessons(pages, request):
    """Closed lessons cannot be linked: editors of the linking page would read their titles."""
    return pages.exclude(pk__in=LessonPage.objects.closed().values("pk"))


hooks.register("construct_homepage_panels", hide_closed_lessons)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    @actions.register_action("lessons.answer")
    class AnswerFormatter(LogFormatter):
        label = gettext_lazy("Answer about the lesson")

        def format_message(self, entry):
            page = KnowledgePage.objects.filter(pk=entry.data.get("page")).first()
            answers = dict(LessonAnswer.Answer.choices)
            message = _("“%(title)s”: %(answer)s") % {
                "title": page.title if page else _("a page that is gone"),
                "answer": answers.get(entry.data.get("answer"), ""),
            }
            return " ".join([message, entry.data.get("reason", "")]).strip()


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [
        path("lessons/<int:page_id>/mask/", masking_views.mask_lesson, name="lesson_mask"),
        path("lessons/at-hand/", suggestion_views.lesson_suggestions, name="lesson_suggestions"),
    ]


hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
hooks.register("register_form_extension", LessonAnswersExtension)
hooks.register("register_personal_data", lambda: PersonalData(
    "answers_about_lessons", personal_data.answers_of))
