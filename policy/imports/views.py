"""The editor's import of past resolutions: template, upload, preview and confirmation."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hub.export.tables import xlsx_response
from hub.models.clock import deletes_by_age
from hub.thai.dates import read_date
from policy.imports import resolution_sheet
from policy.imports.importer import existing_numbers, import_sheet
from policy.imports.template import help_table, resolutions_table
from policy.models import AssemblyPage, Clause, Party, ResolutionSheet
from policy.permissions import may_import_resolutions

MAX_PROBLEMS_SHOWN = 200
EXPIRES_AFTER = timedelta(days=2)  # a sheet that was never confirmed


class SheetForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet (.xlsx, .ods or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}), max_length=200,
        error_messages={"required": gettext_lazy("Choose a file."),
                        "empty": gettext_lazy("The file is empty.")},
    )


def _assembly_or_403(user, pk) -> AssemblyPage:
    """The assembly. Raises Http404, or PermissionDenied if ``user`` may not import there."""
    assembly = get_object_or_404(AssemblyPage, pk=pk)
    if not may_import_resolutions(user, assembly):
        raise PermissionDenied
    return assembly


@require_safe
def template(request, assembly):
    _assembly_or_403(request.user, assembly)
    return xlsx_response(resolutions_table(), help_table())


@deletes_by_age
def _delete_unconfirmed_sheets():
    before = timezone.now() - EXPIRES_AFTER
    ResolutionSheet.objects.filter(imported_at=None, created_at__lt=before).delete()


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, assembly):
    """Read a sheet; with a problem in any row, show all problems and store nothing."""
    page = _assembly_or_403(request.user, assembly)
    is_sent = request.method == "POST"
    form = SheetForm(request.POST, request.FILES) if is_sent else SheetForm()
    problems = []
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            resolutions, problems = resolution_sheet.read(file, file.name, existing_numbers(page))
        except ValidationError as error:
            form.add_error("file", error)
        else:
            if not problems:
                _delete_unconfirmed_sheets()
                sheet = ResolutionSheet.objects.create(
                    assembly=page, user=request.user, file_name=file.name[-255:],
                    resolutions=resolutions,
                )
                return redirect("policy_sheet_preview", page.pk, sheet.pk)
    context = _admin_context(page) | {
        "form": form, "problems": problems[:MAX_PROBLEMS_SHOWN],
        "more": max(0, len(problems) - MAX_PROBLEMS_SHOWN),
        "most": resolution_sheet.LIMITS.rows,
    }
    status = 422 if problems or form.errors else 200
    return render(request, "policy/imports/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, assembly, sheet):
    """Show what will be published; on POST publish it in one transaction."""
    page = _assembly_or_403(request.user, assembly)
    sheet = get_object_or_404(ResolutionSheet, pk=sheet, assembly=page, imported_at=None)
    if request.method == "POST":
        try:
            resolutions = import_sheet(sheet, request.user)
        except ValueError:
            messages.error(request, _(
                "Something changed since the sheet was read: a number is taken or a party is "
                "gone. Nothing was taken in. Read the sheet once more."
            ))
            return redirect("policy_sheet", page.pk)
        messages.success(request, ngettext(
            "%(number)d resolution was published.", "%(number)d resolutions were published.",
            len(resolutions),
        ) % {"number": len(resolutions)})
        return redirect("wagtailadmin_explore", page.pk)
    parties = {party.slug: party.name for party in Party.objects.all()}
    channels = dict(Clause.Channel.choices)
    for resolution in sheet.resolutions:
        resolution["adopted_day"] = read_date(resolution["adopted_on"])
        for clause in resolution["clauses"]:
            clause["due_day"] = read_date(clause["due"]) if clause["due"] else None
            clause["party_names"] = [parties.get(slug, slug) for slug in clause["parties"]]
            clause["channel_name"] = channels.get(clause["channel"], "")
    clauses = sum(len(resolution["clauses"]) for resolution in sheet.resolutions)
    return render(request, "policy/imports/preview.html", _admin_context(page) | {
        "sheet": sheet, "clauses": clauses,
    })


def _admin_context(page) -> dict:
    """The context of Wagtail's generic admin template."""
    return {
        "assembly": page, "header_icon": "table", "header_title": page.title,
        "page_title": _("Resolutions from a spreadsheet"),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_explore", args=[page.pk]), "label": page.title},
            {"url": "", "label": _("Resolutions from a spreadsheet")},
        ],
    }
