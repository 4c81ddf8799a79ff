"""One paragraph of a draft: its wording, the contributions to it, and its history."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hub.forms.query import posted_number
from policy.deliberation import contributions
from policy.deliberation.decisions import successors_of
from policy.deliberation.forms import AmendmentForm, CommentForm, StanceForm
from policy.deliberation.participation import exceeds_rate_limit, redirect_to_sign_in
from policy.models import Contribution, Decision, Paragraph
from policy.permissions import is_secretariat

Kind = Contribution.Kind
FORMS = {"comment": CommentForm, "amend": AmendmentForm, "stance": StanceForm}
KINDS = {"comment": Kind.COMMENT, "amend": Kind.AMENDMENT, "stance": Kind.STANCE}
CLOSED = gettext_lazy("This draft is closed: what is said now does not count any more.")


def paragraph_or_404(draft, label) -> Paragraph:
    """The paragraph of ``draft`` with that label in an address, active or retired."""
    label = label[:40].replace("-", ".")
    found = draft.paragraphs.with_wordings().filter(label=label).first()
    if found is None:
        raise Http404
    found.draft = draft
    return found


@require_safe
def paragraph(request, draft, label):
    return _render_paragraph(request, draft, paragraph_or_404(draft, label))


def contribute(request, draft, label, kind):
    """Take a contribution; ``kind`` is a key of ``FORMS``."""
    paragraph = paragraph_or_404(draft, label)
    if kind not in FORMS:
        raise Http404
    if request.method in ("GET", "HEAD"):  # back from signing in
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        return redirect(f"{paragraph.url}#{kind}")
    return _save_contribution(request, draft, paragraph, kind)


@never_cache
@require_POST
def _save_contribution(request, draft, paragraph, kind):
    if not request.user.is_authenticated:
        return redirect_to_sign_in(request)
    is_open = draft.is_open_to_comments if kind == "comment" else draft.is_open
    if not is_open or paragraph.retired_by_id:
        return _render_paragraph(request, draft, paragraph, status=403, problem=CLOSED)
    about = _about(request, paragraph, kind)
    options = {"base": paragraph.current.text} if kind == "amend" else {}
    form = FORMS[kind](request.POST, auto_id=f"{kind}-%s", **options)
    if not form.is_valid():
        return _render_paragraph(
            request, draft, paragraph, status=422, bound=form, bound_kind=kind, bound_about=about
        )
    if form.is_spam:
        return redirect(paragraph.url)
    if exceeds_rate_limit(request.user, "contribute"):
        return _render_paragraph(request, draft, paragraph, status=429, problem=_(
            "You wrote a lot within an hour. Try again later; your words are still below."
        ), bound=form, bound_kind=kind, bound_about=about)
    fields = form.contents
    if kind == "amend":
        fields["base"] = paragraph.current
    contribution = contributions.contribute(
        draft, paragraph, request.user, KINDS[kind], about=about, **fields
    )
    if contribution.state == Contribution.State.HELD:
        messages.success(request, _(
            "Thank you. The secretariat reads first contributions before others see them."
        ))
    else:
        messages.success(request, _("Thank you. You can change your words for 15 minutes."))
    return redirect(contribution.url)


def _about(request, paragraph, kind) -> Contribution | None:
    """The contribution to the same paragraph that a comment or a stance refers to.

    Raises Http404 when it is not public, is a reply itself, or is a closed amendment.
    """
    if not request.POST.get("about") or kind == "amend":
        return None
    about_kind = Kind.COMMENT if kind == "comment" else Kind.AMENDMENT
    # Replies are one level deep: a reply has no replies.
    found = paragraph.contributions.shown().filter(
        kind=about_kind, about=None, pk=posted_number(request, "about")
    ).first()
    if found is None or (kind == "stance" and not found.is_open):
        raise Http404
    return found


def _render_paragraph(request, draft, paragraph, status=200, bound=None, bound_kind="",
                      bound_about=None, problem=""):
    """The page of a paragraph. ``bound`` is a form that was sent, of ``bound_kind`` and about the
    contribution ``bound_about``, if any."""
    user, may_moderate = request.user, is_secretariat(draft, request.user)
    rows = list(
        paragraph.contributions.visible_to(user, may_moderate)
        .exclude(state=Contribution.State.WITHDRAWN)
        .select_related("author", "base", "decision", "paragraph")
    )
    for row in rows:
        row.paragraph = paragraph
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in Kind.values}
    stances, amendments = by_kind[Kind.STANCE], by_kind[Kind.AMENDMENT]
    for amendment in amendments:
        amendment.stances = [s for s in stances if s.about_id == amendment.pk]
    comments = by_kind[Kind.COMMENT]
    comment_keys = {comment.pk for comment in comments}
    for comment in comments:
        comment.replies = [c for c in comments if c.about_id == comment.pk]
    context = {
        "page": draft, "paragraph": paragraph, "problem": problem,
        "forms": _forms(draft, paragraph, user, stances, bound, bound_kind, bound_about),
        "stances": [s for s in stances if not s.about_id],
        "amendments": [a for a in amendments if a.decision_id is None],
        "decided": [a for a in amendments if a.decision_id],
        # A reply stays readable when the comment it replies to was withdrawn.
        "comments": [c for c in comments if c.about_id not in comment_keys],
        "bound": bound, "bound_kind": bound_kind, "bound_about": bound_about,
        "successors": successors_of(paragraph) if paragraph.retired_by_id else [],
        "neighbours": _neighbours(draft, paragraph),
    }
    return render(request, "policy/deliberation/paragraph.html", context, status=status)


def _forms(draft, paragraph, user, stances, bound, bound_kind, bound_about) -> dict:
    """The forms that ``user`` may fill in now, by kind; the bound one with its errors."""
    forms = {}
    if not user.is_authenticated or paragraph.retired_by_id:
        return forms
    if draft.is_open:
        forms["amend"] = AmendmentForm(base=paragraph.current.text, auto_id="amend-%s")
        own = next((s for s in stances if not s.about_id and s.author_id == user.pk), None)
        forms["stance"] = StanceForm(
            auto_id="stance-%s", initial=own and {"stance": own.stance, "text": own.text}
        )
    if draft.is_open_to_comments:
        forms["comment"] = CommentForm(auto_id="comment-%s")
    if bound is not None and bound_about is None and bound_kind in forms:
        forms[bound_kind] = bound
    return forms


def _neighbours(draft, paragraph) -> dict:
    """The paragraphs before and after this one in the text."""
    paragraphs = draft.active_paragraphs
    keys = [p.pk for p in paragraphs]
    if paragraph.pk not in keys:
        return {}
    at = keys.index(paragraph.pk)
    return {
        "before": paragraphs[at - 1] if at else None,
        "after": paragraphs[at + 1] if at + 1 < len(keys) else None,
    }


@require_safe
def history(request, draft, label):
    """All wordings of a paragraph, newest first, with their sources, decisions and amendments."""
    paragraph = paragraph_or_404(draft, label)
    wordings = list(
        paragraph.wordings.select_related("decision").prefetch_related(
            "sources__paragraph", "derived_wordings__paragraph", "decision__amendments__author",
        ).order_by("-number")
    )
    for wording in wordings:
        wording.previous = next(
            (s for s in wording.sources.all() if s.paragraph_id == paragraph.pk), None
        )
        wording.other_sources = [
            s for s in wording.sources.all() if s.paragraph_id != paragraph.pk
        ]
        wording.amendments = _shown(wording.decision.amendments.all()) if wording.decision else []
    rejected = Decision.objects.filter(
        kind=Decision.Kind.REJECT, amendments__paragraph=paragraph
    ).distinct().prefetch_related("amendments__author")
    for decision in rejected:
        decision.shown_amendments = _shown(decision.amendments.all())
    context = {
        "page": draft, "paragraph": paragraph, "wordings": wordings, "rejected": rejected,
        "successors": successors_of(paragraph) if paragraph.retired_by_id else [],
    }
    return render(request, "policy/deliberation/paragraph_history.html", context)


def _shown(amendments) -> list[Contribution]:
    return [a for a in amendments if a.state == Contribution.State.SHOWN]
