"""Contributions and proposals of a user: on their own page, in their data, and when they leave.

Texts that others responded to stay, under "a former member"; texts that nobody has read yet, and
the earlier texts of changed contributions, are deleted.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from hub.changelog.recording import record
from hub.people.account_pages import AccountItem, AccountSection
from policy.models import AgendaProposal, Complaint, Contribution, ContributionRevision


def contributions_of(user) -> list[dict]:
    """The contributions and proposals of ``user``, newest first: title, url, kind, state, date."""
    contributions = Contribution.objects.filter(author=user).exclude(
        state=Contribution.State.WITHDRAWN
    ).select_related("paragraph__draft", "decision")
    rows = [
        {
            "title": f"{c.paragraph.draft.title} – {c.paragraph.heading}", "url": c.url,
            "kind": c.get_kind_display(), "date": c.created_at,
            "state": c.decision.get_kind_display() if c.decision else c.get_state_display(),
        }
        for c in contributions
    ]
    rows += [
        {
            "title": proposal.title, "url": f"{proposal.page.url}proposals/",
            "kind": AgendaProposal._meta.verbose_name, "date": proposal.created_at,
            "state": proposal.get_answer_kind_display(),
        }
        for proposal in AgendaProposal.objects.filter(author=user).select_related("page")
    ]
    return sorted(rows, key=lambda row: row["date"], reverse=True)


def section(user) -> AccountSection | None:
    items = [
        AccountItem(row["title"], row["url"], f"{row['kind']} · {row['state']}")
        for row in contributions_of(user)
    ]
    return AccountSection(_("What I said about drafts"), items) if items else None


def export_of(user) -> dict:
    """All deliberation data of ``user``, as values that JSON can represent."""
    return {
        "contributions": [
            {
                "draft": c.paragraph.draft.title, "paragraph": c.paragraph.label,
                "kind": c.kind, "change": c.change, "stance": c.stance, "text": c.text,
                "reason": c.reason, "state": c.state, "hidden_reason": c.hidden_reason,
                "created_at": c.created_at.isoformat(),
                "earlier": [{"text": r.text, "reason": r.reason} for r in c.revisions.all()],
            }
            for c in Contribution.objects.filter(author=user)
            .select_related("paragraph__draft").prefetch_related("revisions")
        ],
        "agenda_proposals": [
            {
                "assembly": proposal.page.title, "title": proposal.title,
                "reason": proposal.reason, "requested_decision": proposal.requested_decision,
                "answer": proposal.answer, "created_at": proposal.created_at.isoformat(),
            }
            for proposal in AgendaProposal.objects.filter(author=user).select_related("page")
        ],
        "reports": list(Complaint.objects.filter(author=user).values_list("reason", flat=True)),
    }


@transaction.atomic
def erase_of(user) -> None:
    """Remove ``user`` from all contributions; delete those that nobody has read."""
    contributions = Contribution.objects.filter(author=user)
    ContributionRevision.objects.filter(contribution__in=contributions).delete()
    S = Contribution.State
    unread = contributions.filter(state__in=[S.HELD, S.WITHDRAWN, S.HIDDEN], decision=None)
    unread.filter(answers=None).delete()
    unread.update(text="", reason="", state=S.WITHDRAWN)  # others have responded to these
    contributions.update(author=None)
    AgendaProposal.objects.filter(author=user, answer_kind="").delete()
    AgendaProposal.objects.filter(author=user).update(author=None)
    Complaint.objects.filter(author=user).update(author=None)
    record("site")
