"""E-mails to the authors of proposals for the agenda."""

from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute, send_email_to_user
from policy.models import AgendaProposal


def send_answer(proposal) -> None:
    """Send the answer to ``proposal`` to its author, unless the account was deleted."""
    if proposal.author is None:
        return
    send_email_to_user(
        proposal.author, "policy/process/emails/proposal_answered.txt",
        _("Your proposal for the agenda was answered"),
        {"proposal": proposal,
         "accepted": proposal.answer_kind == AgendaProposal.Answer.ACCEPTED,
         "url": absolute(f"{proposal.page.url}proposals/")},
    )
