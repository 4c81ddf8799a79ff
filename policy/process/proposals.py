"""Proposals for the agenda: when they are accepted, and how they are answered."""

from django.utils import timezone

from hub.changelog.recording import record
from policy.models import AgendaItem, AgendaProposal, ProcessStage
from policy.process import emails


def is_call_open(assembly) -> bool:
    """Whether ``assembly`` is public and its call for agenda items includes today."""
    today = timezone.localdate()
    is_current = any(
        stage.kind == ProcessStage.Kind.AGENDA_CALL and stage.includes(today)
        for stage in assembly.stages
    )
    return is_current and type(assembly).objects.open_to_all().filter(pk=assembly.pk).exists()


def answer(proposal, kind, reason, user) -> None:
    """Publish the answer, add an accepted proposal to the agenda, and e-mail its author."""
    proposal.answer_kind, proposal.answer = kind, reason
    proposal.answered_at, proposal.answered_by = timezone.now(), user
    proposal.save()
    if kind == AgendaProposal.Answer.ACCEPTED:
        _add_to_agenda(proposal, user)
    record("page", proposal.page_id)
    emails.send_answer(proposal)


def _add_to_agenda(proposal, user) -> None:
    """Add an agenda item. Unpublished changes of an editor are kept and stay unpublished."""
    assembly = proposal.page.specific
    has_draft = assembly.has_unpublished_changes
    latest = assembly.get_latest_revision_as_object()
    numbers = [int(item.number) for item in latest.agenda.all() if item.number.isdecimal()]
    latest.agenda.add(AgendaItem(
        number=str(max(numbers, default=0) + 1), title=proposal.title,
        sort_order=latest.agenda.count(),
    ))
    revision = latest.save_revision(user=user, log_action=True)
    if not has_draft:
        revision.publish(user=user)
