"""Admin views to import existing handouts into a draft: a zip, files or a folder; the report."""

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
from courses.importing.importer import HandoutImporter, title_of
from courses.importing.sources import MAX_FILES, TooManyFiles, files_of_uploads, files_of_zip
from courses.models import CurriculumPage, HandoutImport
from courses.models.handout import NOT_STATED
from hub.forms.text_fields import TextField
from hub.models import HubDocument, SectionPage
from hub.models.knowledge_page import LICENCES


class ImportForm(forms.Form):
    """The parent page and licence of the draft; files are validated one by one."""

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
    """The list pages below which ``user`` may create a curriculum."""
    found = [
        page.pk for page in SectionPage.objects.live()
        if CurriculumPage.can_create_at(page)
        and page.permissions_for_user(user).can_add_subpage()
    ]
    return SectionPage.objects.filter(pk__in=found).order_by("path")


def may_import(user) -> bool:
    """Whether ``user`` may create curricula and add documents."""
    policy = policy_registry.get_by_type(HubDocument)
    return policy.user_has_permission(user, "add") and sections_for(user).exists()


@require_http_methods(["GET", "HEAD", "POST"])
def import_handouts(request):
    """Imports the files and redirects to the report, or shows why it cannot."""
    if not may_import(request.user):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, sections=sections_for(request.user))
    lines = []
    if is_sent and form.is_valid():
        files, name = _uploaded_files(request, form)
        if files:
            title = form.cleaned_data["title"].strip() or title_of(files, name)
            importer = HandoutImporter(form.cleaned_data["parent"], title[:255],
                                       form.cleaned_data["licence"], request.user)
            page = importer.import_files(files)
            if page:
                finished = HandoutImport.objects.create(page=page, rows=importer.as_rows())
                return redirect("courses_import_report", finished.pk)
            lines = report.lines(importer.as_rows())
            form.add_error(None, _("None of the files could be taken; nothing was made."))
    context = {
        "form": form, "lines": lines, "max_files": MAX_FILES, "header_icon": "upload",
        "page_title": _("Bring in handouts"),
        "breadcrumbs_items": [{"url": "", "label": _("Bring in handouts")}],
    }
    return render(request, "courses/importing/form.html", context,
                  status=422 if is_sent else 200)


def _uploaded_files(request, form) -> tuple[list, str]:
    """The uploaded files and a name for them; problems are added to the errors of the form."""
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
    except TooManyFiles as error:
        form.add_error(None, _("There are %(number)s files in it. Bring in at most %(most)s at a "
                               "time.") % {"number": error.args[0], "most": MAX_FILES})
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        form.add_error(None, _("The zip is damaged. Make it again and send it once more."))
    return [], ""


@require_safe
def import_report(request, pk):
    """The outcome for every file, for users who may edit the draft."""
    finished = get_object_or_404(HandoutImport.objects.select_related("page"), pk=pk)
    if not finished.page.permissions_for_user(request.user).can_edit():
        raise Http404
    lines = report.lines(finished.rows)
    return render(request, "courses/importing/report.html", {
        "handout_import": finished, "lines": lines, "counts": report.counts(lines),
        "waiting": sum(line.is_waiting for line in lines), "header_icon": "upload",
        "page_title": _("What became of the files"),
        "breadcrumbs_items": [
            {"url": reverse("courses_import_handouts"), "label": _("Bring in handouts")},
            {"url": "", "label": finished.page.get_admin_display_title()},
        ],
    })
