"""Proposing agenda items during the call, and the secretariat's answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.forms.query import posted_number
from policy.deliberation.participation import exceeds_rate_limit, redirect_to_sign_in
from policy.models import AgendaProposal
from policy.permissions import is_secretariat
from policy.process.forms import AgendaProposalForm, AnswerForm
from policy.process.proposals import answer, is_call_open

FORM_METHODS = ["GET", "HEAD", "POST"]
MAX_PROPOSALS_PER_HOUR = 5


@never_cache
@require_http_methods(FORM_METHODS)
def propose(request, assembly):
    """The form of the call, for signed-in users while the call is open."""
    if not request.user.is_authenticated:
        return redirect_to_sign_in(request)
    assembly = assembly.process_page
    is_open, status, problem = is_call_open(assembly), 200, ""
    form = AgendaProposalForm(request.POST or None)
    if request.method == "POST":
        if not is_open:
            status = 403
        elif not form.is_valid():
            status = 422
        elif form.is_spam:
            return redirect(f"{assembly.url}proposals/")
        elif exceeds_rate_limit(request.user, "propose", MAX_PROPOSALS_PER_HOUR):
            status, problem = 429, _("You sent many proposals just now. Try again in an hour.")
        else:
            AgendaProposal.objects.create(
                page=assembly, author=request.user, **form.contents
            )
            messages.success(request, _(
                "Thank you. The secretariat will answer; the answer is published here and sent "
                "to you."
            ))
            return redirect(f"{assembly.url}proposals/")
    context = {"page": assembly, "form": form, "problem": problem, "is_open": is_open}
    return render(request, "policy/process/propose.html", context, status=status)


@require_http_methods(FORM_METHODS)
def proposals(request, assembly):
    """Answered proposals; for the secretariat also the waiting ones, with a form to answer."""
    assembly = assembly.process_page
    user, may_answer = request.user, is_secretariat(assembly, request.user)
    form, status, answering = AnswerForm(), 200, None
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        answering = get_object_or_404(
            assembly.proposals.waiting(), pk=posted_number(request, "proposal"))
        kind = request.POST.get("kind", "")
        form = AnswerForm(request.POST)
        if form.is_valid() and kind in AgendaProposal.Answer.values:
            answer(answering, kind, form.cleaned_data["answer"], user)
            return redirect(f"{assembly.url}proposals/")
        status = 422
    rows = assembly.proposals.select_related("author")
    context = {
        "page": assembly, "answered": rows.answered(), "may_answer": may_answer, "form": form,
        "answering": answering, "is_open": is_call_open(assembly),
        "waiting": rows.waiting() if may_answer else (
            rows.waiting().filter(author=user) if user.is_authenticated else []
        ),
    }
    return render(request, "policy/process/proposals.html", context, status=status)
