"""Proposing agenda items during the call, and the secretariat's answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.changelog import recording
from policy.deliberation import emails
from policy.deliberation.forms import AgendaProposalForm, AnswerForm
from policy.deliberation.participation import is_secretariat, is_too_often, sign_in_first
from policy.models import AgendaItem, AgendaProposal, ProcessStage

FORM_METHODS = ["GET", "HEAD", "POST"]


def is_called(assembly) -> bool:
    """Whether the call for agenda items is on today, and the assembly is one anybody may read."""
    today = timezone.localdate()
    on = any(
        s.kind == ProcessStage.Kind.AGENDA_CALL and s.holds(today) for s in assembly.stages
    )
    return on and type(assembly).objects.open_to_all().filter(pk=assembly.pk).exists()


@never_cache
@require_http_methods(FORM_METHODS)
def propose(request, assembly):
    """The form of the call: for those who are signed in, while the call is on."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    is_open, status, problem = is_called(assembly), 200, ""
    form = AgendaProposalForm(request.POST or None)
    if request.method == "POST":
        if not is_open:
            status = 403
        elif not form.is_valid():
            status = 422
        elif form.is_by_a_robot:
            return redirect(f"{assembly.url}proposals/")
        elif is_too_often(request.user, "propose", most=5):
            status, problem = 429, _("You sent many proposals just now. Try again in an hour.")
        else:
            said = {name: form.cleaned_data[name] for name in ("title", "why", "wanted")}
            AgendaProposal.objects.create(page=assembly, author=request.user, **said)
            messages.success(request, _(
                "Thank you. The secretariat will answer; the answer is published here and sent "
                "to you."
            ))
            return redirect(f"{assembly.url}proposals/")
    context = {"page": assembly, "form": form, "problem": problem, "is_open": is_open}
    return render(request, "policy/propose.html", context, status=status)


@require_http_methods(FORM_METHODS)
def proposals(request, assembly):
    """What was proposed and answered; for the secretariat also what waits, with the answer."""
    user, decides = request.user, is_secretariat(assembly, request.user)
    form, status, answering = AnswerForm(), 200, None
    if request.method == "POST":
        if not decides:
            raise PermissionDenied
        pk = request.POST.get("proposal", "")
        waiting = assembly.proposals.waiting()
        answering = get_object_or_404(waiting, pk=int(pk) if pk.isdecimal() else 0)
        kind = request.POST.get("kind", "")
        form = AnswerForm(request.POST)
        if form.is_valid() and kind in AgendaProposal.Answer.values:
            answer(answering, kind, form.cleaned_data["answer"], user)
            return redirect(f"{assembly.url}proposals/")
        status = 422
    rows = assembly.proposals.select_related("author")
    context = {
        "page": assembly, "answered": rows.answered(), "decides": decides, "form": form,
        "answering": answering, "is_open": is_called(assembly),
        "waiting": rows.waiting() if decides else (
            rows.waiting().filter(author=user) if user.is_authenticated else []
        ),
    }
    return render(request, "policy/proposals.html", context, status=status)


def answer(proposal, kind, reason, user) -> None:
    """Publish the answer, put an accepted proposal onto the agenda, and write to its author.

    Where an editor has unpublished changes on the assembly, the new item waits in them.
    """
    proposal.answer_kind, proposal.answer = kind, reason
    proposal.answered_at, proposal.answered_by = timezone.now(), user
    proposal.save()
    if kind == AgendaProposal.Answer.ACCEPTED:
        assembly = proposal.page.specific
        is_waiting = assembly.has_unpublished_changes
        edited = assembly.get_latest_revision_as_object()
        numbers = [int(i.number) for i in edited.agenda.all() if i.number.isdecimal()]
        edited.agenda.add(AgendaItem(
            number=str(max(numbers, default=0) + 1), title=proposal.title,
            sort_order=edited.agenda.count(),
        ))
        revision = edited.save_revision(user=user, log_action=True)
        if not is_waiting:
            revision.publish(user=user)
    recording.record("page", proposal.page_id)
    emails.proposal_answered(proposal)
