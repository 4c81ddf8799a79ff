"""Reports in the editor: moderators refuse one with a reason, which is e-mailed to the reporter."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem

from hub.forms.text_fields import LongTextField
from models_lib.models import ReplicationPage, ReplicationReport
from models_lib.replications import moderation

OPEN_STATES = (ReplicationReport.State.WAITING, ReplicationReport.State.RETURNED)


class RefusalForm(forms.Form):
    reason = LongTextField(
        label=gettext_lazy("Why it is not taken; the reporter reads this"),
        widget=forms.Textarea(attrs={"rows": 4}), max_length=2000,
    )


def may_refuse(page, user) -> bool:
    """Whether ``user`` may publish ``page`` and it comes from a report that is still open."""
    report = ReplicationReport.objects.filter(page_id=page.pk).first() if page else None
    return bool(
        report and report.state in OPEN_STATES and page.permissions_for_user(user).can_publish()
    )


class RefuseMenuItem(ActionMenuItem):
    name = "action-refuse"
    label = gettext_lazy("Do not take this report")
    icon_name = "cross"

    def is_shown(self, context):
        page = context.get("page")
        return isinstance(page, ReplicationPage) and may_refuse(page, context["request"].user)

    def get_url(self, parent_context):
        return reverse("replications_refuse", args=[parent_context["page"].pk])


def refuse(request, page_id):
    """Ask for the reason, then refuse the report."""
    page = get_object_or_404(ReplicationPage, pk=page_id)
    if not may_refuse(page, request.user):
        raise PermissionDenied
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moderation.refuse(page.report, form.cleaned_data["reason"], request.user)
        messages.success(request, _("The report was not taken. Its reporter is told why."))
        return redirect("wagtailadmin_home")
    return render(request, "models_lib/replications/refuse.html", {"form": form, "page": page})


@hooks.register("register_page_action_menu_item")
def register_refuse_menu_item():
    return RefuseMenuItem(order=95)


@hooks.register("register_admin_urls")
def register_refuse_url():
    return [path("replications/<int:page_id>/refuse/", refuse, name="replications_refuse")]
