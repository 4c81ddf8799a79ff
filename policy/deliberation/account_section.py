"""What policy holds of a member: handed over to her, and forgotten when she leaves.

What others built on keeps its words under "a former member"; what nobody has read yet, and the
earlier words of what she changed, are deleted.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from hub.changelog.recording import record
from hub.people.account_pages import AccountItem, AccountSection
from policy.models import AgendaProposal, Complaint, Contribution, EarlierText


def contributions_of(user) -> list[dict]:
    """What ``user`` has said, newest first: title, url, kind, state and date, for her own page."""
    said = Contribution.objects.filter(author=user).exclude(
        state=Contribution.State.WITHDRAWN
    ).select_related("paragraph__draft", "decision")
    rows = [
        {
            "title": f"{one.paragraph.draft.title} – {one.paragraph.heading}", "url": one.url,
            "kind": one.get_kind_display(), "date": one.created_at,
            "state": one.decision.get_kind_display() if one.decision else one.get_state_display(),
        }
        for one in said
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
    """Everything that is kept of ``user``, as JSON can say it."""
    return {
        "contributions": [
            {
                "draft": one.paragraph.draft.title, "paragraph": one.paragraph.label,
                "kind": one.kind, "change": one.change, "stance": one.stance, "text": one.text,
                "reason": one.reason, "state": one.state, "hidden_reason": one.hidden_reason,
                "created_at": one.created_at.isoformat(),
                "earlier": [{"text": e.text, "reason": e.reason} for e in one.earlier.all()],
            }
            for one in Contribution.objects.filter(author=user)
            .select_related("paragraph__draft").prefetch_related("earlier")
        ],
        "agenda_proposals": [
            {
                "assembly": proposal.page.title, "title": proposal.title, "why": proposal.why,
                "wanted": proposal.wanted, "answer": proposal.answer,
                "created_at": proposal.created_at.isoformat(),
            }
            for proposal in AgendaProposal.objects.filter(author=user).select_related("page")
        ],
        "reports": list(Complaint.objects.filter(author=user).values_list("reason", flat=True)),
    }


@transaction.atomic
def erase_of(user) -> None:
    """Take ``user`` out of all that she said; delete what nobody has read."""
    said = Contribution.objects.filter(author=user)
    EarlierText.objects.filter(contribution__in=said).delete()
    S = Contribution.State
    unread = said.filter(state__in=[S.HELD, S.WITHDRAWN, S.HIDDEN], decision=None)
    unread.filter(answers=None).delete()
    unread.update(text="", reason="", state=S.WITHDRAWN)  # others have answered these
    said.update(author=None)
    AgendaProposal.objects.filter(author=user, answer_kind="").delete()
    AgendaProposal.objects.filter(author=user).update(author=None)
    Complaint.objects.filter(author=user).update(author=None)
    record("site")
