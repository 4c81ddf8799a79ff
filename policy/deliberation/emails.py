"""E-mails to the authors of contributions, each in the reader's language.

Nothing is sent for contributions of deleted accounts.
"""

from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute, send_email_to_user


def send_decision(amendment) -> None:
    """The decision on an amendment and its reason, to the author of the amendment."""
    _send(amendment.author, "amendment_decided", _("What became of your proposal"), {
        "amendment": amendment, "decision": amendment.decision,
        "outcome": amendment.decision.kind,
    }, amendment.paragraph, "trace/")


def send_amendment_outdated(amendment, decision) -> None:
    """The paragraph changed by ``decision``, while the amendment is for an earlier wording."""
    subject = _("The paragraph you want to amend has changed")
    _send(amendment.author, "amendment_outdated", subject, {
        "amendment": amendment, "decision": decision,
    }, amendment.paragraph)


def send_stance_withdrawn(stance, amendment) -> None:
    """The author of ``amendment`` changed its text, so the stance on it was withdrawn."""
    subject = _("A proposal you spoke about has other words now")
    _send(stance.author, "stance_withdrawn", subject, {
        "amendment": amendment, "stance": stance,
    }, amendment.paragraph)


def send_contribution_hidden(contribution) -> None:
    """The secretariat hid the contribution, with the reason."""
    subject = _("Something you wrote was hidden")
    _send(contribution.author, "contribution_hidden", subject, {
        "contribution": contribution,
    }, contribution.paragraph)


def _send(user, name, subject, context, paragraph, subpath=""):
    """Send the template ``name`` with a link to ``subpath`` of the paragraph."""
    if user is None:
        return
    context |= {
        "draft": paragraph.draft, "paragraph": paragraph,
        "url": absolute(f"{paragraph.url}{subpath}"),
    }
    send_email_to_user(user, f"policy/deliberation/emails/{name}.txt", subject, context)
