"""Importing results of a paper meeting: choose a file, see a preview, apply it."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from policy.deliberation.participation import secretariat_only
from policy.models import Contribution
from policy.register import paper_results
from policy.register.paper_results import Problem
from policy.register.tables import result_labels

SALT = "policy.register.paper_results"
VALID_FOR = 60 * 60 * 24  # seconds from the preview to the confirmation


class ResultsForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The sheet with the results (.xlsx, .ods or .csv)"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@secretariat_only
def import_results(request, draft):
    """Show the form, then a preview of the file or its errors, then apply it."""
    if request.method != "POST":
        return _render(request, draft, form=ResultsForm())
    if "rows" in request.POST:
        return _apply(request, draft, request.POST["rows"])
    form = ResultsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, draft, 422, form=form)
    results, problems = paper_results.read(form.cleaned_data["file"])
    problems += paper_results.check(draft, results)
    if problems:
        return _render_problems(request, draft, problems)
    amendments = Contribution.objects.select_related("paragraph").in_bulk(
        [r.proposal for r in results])
    token = signing.dumps([draft.pk, paper_results.serialise(results)], salt=SALT, compress=True)
    labels = result_labels()
    preview = [(row, amendments[row.proposal], labels[row.kind]) for row in results]
    return _render(request, draft, form=ResultsForm(), preview=preview, token=token)


def _apply(request, draft, token):
    try:
        pk, rows = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        pk, rows = None, []
    if pk != draft.pk:
        return _render_problems(request, draft, [Problem(0, _("Choose the file again."))])
    results = paper_results.deserialise(rows)
    problems = paper_results.check(draft, results)
    if not problems:
        try:
            number = paper_results.apply(draft, results, request.user)
        except ValidationError as error:
            problems = [Problem(0, message) for message in error.messages]
        else:
            messages.success(request, _("%(number)s decisions were taken in.") % {
                "number": number})
            return redirect(f"{draft.url}register/")
    return _render_problems(request, draft, problems)


def _render_problems(request, draft, problems):
    problems = sorted(problems, key=lambda problem: problem.line)
    return _render(request, draft, 422, form=ResultsForm(), problems=problems)


def _render(request, draft, status=200, **context):
    context["page"] = draft
    return render(request, "policy/register/paper_results.html", context, status=status)
