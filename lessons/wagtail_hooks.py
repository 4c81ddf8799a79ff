"""The editor's side of lessons: who sees closed ones, masking, lessons at the moment of need."""

from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from hub.models import HubDocument, HubImage, KnowledgePage
from hub.people.personal_data import PersonalData
from lessons import broken_links
from lessons.masking import views as masking_views
from lessons.models import LessonAnswer, LessonPage
from lessons.privacy import bulk_actions
from lessons.privacy.permissions import FilePolicy, PagePolicy
from lessons.suggestions import personal_data
from lessons.suggestions import views as at_hand_views
from lessons.suggestions.answers import LessonsQuestion

register_permission_policy(Page, PagePolicy())
for model, name in ((HubDocument, "wagtaildocs.Document"), (HubImage, "wagtailimages.Image")):
    # Exact, so that it goes before Wagtail's own whichever is registered last.
    register_permission_policy(
        model, FilePolicy(model, auth_model=name, owner_field_name="uploaded_by_user"),
        exact_class=True,
    )
bulk_actions.register()


@hooks.register("construct_page_chooser_queryset")
def no_link_leads_to_a_closed_lesson(pages, request):
    """Whoever edits the page that holds a link reads the title of what it leads to."""
    return pages.exclude(pk__in=LessonPage.objects.closed().values("pk"))


LISTED_AT_HOME = {  # by Wagtail's panels: name of the list → id of the page of a row
    "last_edits": lambda row: row[1].pk,
    "locked_pages": lambda page: page.pk,
    "workflow_states": lambda state: state.object_id,
}


@hooks.register("construct_homepage_panels")
def my_own_work_without_what_was_closed_to_me(request, panels):
    """Wagtail lists what somebody edited, locked or owns without asking who may read it now."""
    kept = set(LessonPage.objects.kept_from(request.user).values_list("pk", flat=True))
    if not kept:
        return
    for panel in panels:
        panel.get_context_data = _without(panel.get_context_data, kept)


def _without(get_context_data, kept):
    def context_of(parent_context):
        context = get_context_data(parent_context)
        for name, page_of in LISTED_AT_HOME.items():
            if name in context:
                context[name] = [row for row in context[name] if int(page_of(row)) not in kept]
        return context

    return context_of


@hooks.register("register_log_actions")
def actions_of_lessons(actions):
    @actions.register_action("lessons.answer")
    class AnswerFormatter(LogFormatter):
        label = gettext_lazy("Answer about the lesson")

        def format_message(self, entry):
            page = KnowledgePage.objects.filter(pk=entry.data.get("page")).first()
            answers = dict(LessonAnswer.Answer.choices)
            said = _("“%(title)s”: %(answer)s") % {
                "title": page.title if page else _("a page that is gone"),
                "answer": answers.get(entry.data.get("answer"), ""),
            }
            return " ".join([said, entry.data.get("reason", "")]).strip()


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("lessons/<int:page_id>/mask/", masking_views.mask_lesson, name="lessons_mask"),
        path("lessons/at-hand/", at_hand_views.at_hand, name="lessons_at_hand"),
    ]


hooks.register("register_chain_checks", lambda: broken_links.CHECKS)
hooks.register("register_form_extension", LessonsQuestion)
hooks.register("register_personal_data", lambda: PersonalData(
    "answers_about_lessons", personal_data.answers_of))
