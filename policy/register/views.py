"""The register of a draft on the web, and as files for meetings."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from policy.register import rows as register

FILES = {
    "csv": (register.as_csv, "text/csv; charset=utf-8"),
    "docx": (register.as_document,
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (register.as_sheet,
             "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


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
    return render(request, "policy/register/register.html", context)


@require_safe
def download(request, draft, kind):
    """``csv`` the whole register, ``docx`` to write on by hand, ``xlsx`` to take results in."""
    if kind not in FILES:
        raise Http404
    make, content_type = FILES[kind]
    response = HttpResponse(make(draft), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{draft.slug}.{kind}")
    response["X-Robots-Tag"] = "noindex"
    return response
