"""Letters to people about what became of their words; each in its reader's language."""

from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute, write_to_user


def proposal_answered(proposal) -> None:
    if proposal.author:
        write_to_user(
            proposal.author, "policy/letters/proposal_answered.txt",
            _("Your proposal for the agenda was answered"),
            {"proposal": proposal, "accepted": proposal.answer_kind == "accepted",
             "url": absolute(f"{proposal.page.url}proposals/")},
        )


def decided(amendment) -> None:
    """What became of a proposal, with the reason."""
    _write(amendment.author, "decided", _("What became of your proposal"), {
        "amendment": amendment, "decision": amendment.decision,
        "outcome": amendment.decision.kind,
    }, amendment.paragraph, "trace/")


def stale(amendment, decision) -> None:
    """The paragraph changed, and the proposal still stands for its earlier words."""
    _write(amendment.author, "stale", _("The paragraph you want to amend has changed"), {
        "amendment": amendment, "decision": decision,
    }, amendment.paragraph)


def words_changed(stance, amendment) -> None:
    """Somebody took a stance on words that their author has changed."""
    _write(stance.author, "words_changed", _("A proposal you spoke about has other words now"), {
        "amendment": amendment, "stance": stance,
    }, amendment.paragraph)


def hidden(contribution) -> None:
    _write(contribution.author, "hidden", _("Something you wrote was hidden"), {
        "contribution": contribution,
    }, contribution.paragraph)


def _write(user, name, subject, context, paragraph, below=""):
    """The letter ``name`` about a paragraph to ``user``; nobody writes to those who left."""
    if user is None:
        return
    context |= {
        "draft": paragraph.draft, "paragraph": paragraph,
        "url": absolute(f"{paragraph.url}{below}"),
    }
    write_to_user(user, f"policy/letters/{name}.txt", subject, context)
