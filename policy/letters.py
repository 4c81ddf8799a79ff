"""Letters to people about what became of their words; each in its reader's language."""

from django.utils.translation import gettext_lazy as _

from hub.letters import absolute, write_to_user


def proposal_answered(proposal) -> None:
    if proposal.author:
        write_to_user(
            proposal.author, "policy/letters/proposal_answered.txt",
            _("Your proposal for the agenda was answered"),
            {"proposal": proposal, "accepted": proposal.answer_kind == "accepted",
             "url": absolute(f"{proposal.page.url}proposals/")},
        )
