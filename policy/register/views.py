"""The register of a draft on the web, and as files for meetings."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from hub.export.tables import csv_response, xlsx_response
from policy.register import rows as register

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def show(request, draft):
    rows = register.rows_of(draft)
    numbers = sorted({row.decision.number for row in rows if row.decision})
    context = {
        "page": draft, "waiting": [r for r in rows if r.decision is None],
        "decisions": [
            (next(r.decision for r in rows if r.decision and r.decision.number == number),
             [r for r in rows if r.decision and r.decision.number == number])
            for number in numbers
        ],
    }
    return render(request, "policy/register.html", context)


@require_safe
def download(request, draft, kind):
    """``csv`` the whole register, ``docx`` to write on by hand, ``xlsx`` to take results in."""
    if kind == "csv":
        return csv_response(register.register_table(draft))
    if kind == "xlsx":
        return xlsx_response(register.results_table(draft))
    if kind != "docx":
        raise Http404
    response = HttpResponse(register.as_document(draft), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, f"{draft.slug}.docx")
    response["X-Robots-Tag"] = "noindex"
    return response
