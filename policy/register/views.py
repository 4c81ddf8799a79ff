"""The register of a draft as a page and as files for meetings."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from hub.export.tables import csv_response, xlsx_response
from policy.register.document import register_document
from policy.register.rows import rows_of
from policy.register.tables import register_table, results_table

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def register(request, draft):
    rows = rows_of(draft)
    by_decision = {}
    for row in rows:
        if row.decision:
            by_decision.setdefault(row.decision.number, (row.decision, []))[1].append(row)
    context = {
        "page": draft, "waiting": [row for row in rows if row.decision is None],
        "decisions": [by_decision[number] for number in sorted(by_decision)],
    }
    return render(request, "policy/register/register.html", context)


@require_safe
def download(request, draft, kind):
    """``csv`` is the register, ``docx`` a form to print, ``xlsx`` the sheet for results."""
    if kind == "csv":
        return csv_response(register_table(draft))
    if kind == "xlsx":
        return xlsx_response(results_table(draft))
    if kind != "docx":
        raise Http404
    response = HttpResponse(register_document(draft), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, f"{draft.slug}.docx")
    response["X-Robots-Tag"] = "noindex"
    return response
