"""Planning of runs in Wagtail's admin. Participants are shown on the group's own page only."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.models import CourseRun
from courses.models.course_run import possible_leaders
from courses.runs import enrolment
from hub.people.personal_data import name_of


class _LeadersField(forms.ModelMultipleChoiceField):
    """Users who work here, by their public names; other members are not listed."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, user):
        return name_of(user)


class CourseRunForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self.instance.pk and CourseRun.objects.get(pk=self.instance.pk)
        for name in ("facilitators", "organisers"):
            field = self.fields[name]
            users = get_user_model().objects.filter(possible_leaders(), is_active=True)
            if chosen:
                users |= get_user_model().objects.filter(pk__in=getattr(chosen, name).all())
            self.fields[name] = _LeadersField(
                users.distinct().order_by("first_name", "username"), label=field.label,
                help_text=field.help_text, required=False,
            )

    def is_valid(self):
        """Meetings with attendance cannot be deleted: it would change who completed."""
        if not super().is_valid():
            return False
        for form in self.formsets["meetings"].deleted_forms:
            if form.instance.pk and form.instance.attendances.exists():
                self.add_error(None, _("It is recorded who came to the meeting of %(day)s: it "
                                       "cannot be taken away.") % {"day": form.instance.date})
        return not self.errors


CourseRun.base_form_class = CourseRunForm


class CourseRunViewSet(SnippetViewSet):
    model = CourseRun
    icon = "calendar-alt"
    menu_label = _("Course runs")
    add_to_admin_menu = True
    list_display = ["title", "curriculum", "place", "seats", "is_cancelled"]
    list_filter = ["curriculum", "language", "is_cancelled"]
    search_fields = ["title", "place"]
    copy_view_enabled = False
    panels = [
        FieldPanel("curriculum"), FieldPanel("title"), FieldPanel("language"),
        InlinePanel("meetings", heading=_("Meetings"), label=_("meeting"), min_num=1),
        FieldPanel("place"), FieldPanel("area"),
        FieldRowPanel([FieldPanel("seats"), FieldPanel("required_meetings")]),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        FieldPanel("contact"), FieldPanel("note"),
        FieldPanel("facilitators"), FieldPanel("organisers"),
        FieldRowPanel([FieldPanel("reminder_days"), FieldPanel("retention_days")]),
        MultiFieldPanel(
            [FieldPanel("is_cancelled"), FieldPanel("cancelled_reason")], heading=_("Cancelling")
        ),
    ]


register_snippet(CourseRunViewSet)


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def announce_run_changes(request, run):
    if isinstance(run, CourseRun):
        enrolment.apply_run_changes(run)


@hooks.register("before_delete_snippet")
def protect_runs_with_enrolments(request, instances):
    """A run with enrolments can be cancelled, but not deleted."""
    for run in instances:
        if isinstance(run, CourseRun) and run.enrolments.exists():
            messages.error(request, gettext(
                "People enrolled in “%(run)s”: it cannot be deleted. Cancel it instead."
            ) % {"run": run.title})
            return redirect("wagtailsnippets_courses_courserun:edit", run.pk)
