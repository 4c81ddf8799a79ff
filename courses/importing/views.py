"""Where editors bring existing handouts into a draft: a zip, files or a folder, and the report."""

import zipfile
from pathlib import PurePath

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.permissions import policy_registry

from courses.importing import report
from courses.importing.importer import Taking, title_of
from courses.importing.sources import MAX_FILES, TooMany, files_of_uploads, files_of_zip
from courses.models import CurriculumPage, HandoutImport
from courses.models.handout import NOT_STATED
from hub.forms.text_fields import TextField
from hub.models import HubDocument, SectionPage
from hub.models.knowledge_page import LICENCES


class ImportForm(forms.Form):
    """Where the draft is to stand and under which licence; files are looked at by themselves."""

    parent = forms.ModelChoiceField(
        queryset=SectionPage.objects.none(), label=gettext_lazy("Where the draft is to stand"),
        empty_label=None,
    )
    title = TextField(
        label=gettext_lazy("Title"), max_length=255, required=False,
        help_text=gettext_lazy("Empty: the name of the folder or of the zip."),
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence of the files"),
        choices=[(NOT_STATED, gettext_lazy("Not known yet")), *LICENCES],
    )

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = sections


def sections_for(user):
    """The lists below which ``user`` may write a curriculum."""
    found = [
        page.pk for page in SectionPage.objects.live()
        if CurriculumPage.can_create_at(page)
        and page.permissions_for_user(user).can_add_subpage()
    ]
    return SectionPage.objects.filter(pk__in=found).order_by("path")


def may_bring_in(user) -> bool:
    """Whether ``user`` may write curricula and add documents."""
    policy = policy_registry.get_by_type(HubDocument)
    return policy.user_has_permission(user, "add") and sections_for(user).exists()


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request):
    """Take the files, or say why not; the draft's report follows."""
    if not may_bring_in(request.user):
        raise PermissionDenied
    asked = request.method == "POST"
    form = ImportForm(request.POST if asked else None, sections=sections_for(request.user))
    lines = []
    if asked and form.is_valid():
        files, name = _sent(request, form)
        if files:
            title = form.cleaned_data["title"].strip() or title_of(files, name)
            taking = Taking(form.cleaned_data["parent"], title[:255],
                            form.cleaned_data["licence"], request.user)
            page = taking.take(files)
            if page:
                made = HandoutImport.objects.create(page=page, rows=taking.as_rows())
                return redirect("courses_import_report", made.pk)
            lines = report.lines(taking.as_rows())
            form.add_error(None, _("None of the files could be taken; nothing was made."))
    context = {
        "form": form, "lines": lines, "most": MAX_FILES, "header_icon": "upload",
        "page_title": _("Bring in handouts"),
        "breadcrumbs_items": [{"url": "", "label": _("Bring in handouts")}],
    }
    return render(request, "courses/admin/bring_in.html", context,
                  status=422 if asked else 200)


def _sent(request, form) -> tuple[list, str]:
    """What was sent, as found files, and a name for it; what is amiss is told at the form."""
    uploads, folder = request.FILES.getlist("files"), request.FILES.getlist("folder")
    if not uploads and not folder:
        form.add_error(None, _("Choose a zip, files or a folder."))
        return [], ""
    name = PurePath((uploads or folder)[0].name).stem
    try:
        if len(uploads) == 1 and not folder and uploads[0].name.lower().endswith(".zip"):
            return files_of_zip(uploads[0]), name
        return [*files_of_uploads(uploads),
                *files_of_uploads(folder, request.POST.getlist("paths"))], name
    except TooMany as error:
        form.add_error(None, _("There are %(number)s files in it. Bring in at most %(most)s at a "
                               "time.") % {"number": error.args[0], "most": MAX_FILES})
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        form.add_error(None, _("The zip is damaged. Make it again and send it once more."))
    return [], ""


@require_safe
def import_report(request, pk):
    """What became of every file, for who may edit the draft."""
    made = get_object_or_404(HandoutImport.objects.select_related("page"), pk=pk)
    if not made.page.permissions_for_user(request.user).can_edit():
        raise Http404
    lines = report.lines(made.rows)
    return render(request, "courses/admin/import_report.html", {
        "made": made, "lines": lines, "counts": report.counts(lines),
        "waiting": sum(line.is_waiting for line in lines), "header_icon": "upload",
        "page_title": _("What became of the files"),
        "breadcrumbs_items": [
            {"url": reverse("courses_bring_in"), "label": _("Bring in handouts")},
            {"url": "", "label": made.page.get_admin_display_title()},
        ],
    })
