"""One paragraph of a draft: its wording, what people say about it, and saying something."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from policy.deliberation.contributions import contribute as keep
from policy.deliberation.decisions import successors_of
from policy.deliberation.forms import AmendmentForm, CommentForm, StanceForm
from policy.deliberation.participation import is_secretariat, is_too_often, sign_in_first
from policy.models import Contribution, Decision, Paragraph

Kind = Contribution.Kind
FORMS = {"comment": CommentForm, "amend": AmendmentForm, "stance": StanceForm}
KINDS = {"comment": Kind.COMMENT, "amend": Kind.AMENDMENT, "stance": Kind.STANCE}
CLOSED = gettext_lazy("This draft is closed: what is said now does not count any more.")


def find(draft, label) -> Paragraph:
    """The paragraph of ``draft`` at that address, standing or not; 404 when there is none."""
    label = label[:40].replace("-", ".")
    found = draft.paragraphs.with_wordings().filter(label=label).first()
    if found is None:
        raise Http404
    found.draft = draft
    return found


@require_safe
def show(request, draft, label):
    return _page(request, draft, find(draft, label))


def contribute(request, draft, label, what):
    """``trace``, or one of the forms: comment, amend, stance."""
    paragraph = find(draft, label)
    if what == "trace":
        return _trace(request, draft, paragraph)
    if what not in FORMS:
        raise Http404
    if request.method in ("GET", "HEAD"):  # back from signing in
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return redirect(f"{paragraph.url}#{what}")
    return _take(request, draft, paragraph, what)


@never_cache
@require_POST
def _take(request, draft, paragraph, what):
    if not request.user.is_authenticated:
        return sign_in_first(request)
    may = draft.is_open_to_comments if what == "comment" else draft.is_open
    if not may or paragraph.retired_by_id:
        return _page(request, draft, paragraph, status=403, problem=CLOSED)
    about = _about(request, paragraph, what)
    options = {"base": paragraph.current.text} if what == "amend" else {}
    form = FORMS[what](request.POST, auto_id=f"{what}-%s", **options)
    if not form.is_valid():
        return _page(request, draft, paragraph, status=422, **{
            "bound": form, "bound_what": what, "bound_about": about})
    if form.is_by_a_robot:
        return redirect(paragraph.url)
    if is_too_often(request.user, "contribute"):
        return _page(request, draft, paragraph, status=429, problem=_(
            "You wrote a lot within an hour. Try again later; your words are still below."
        ), bound=form, bound_what=what, bound_about=about)
    said = {k: v for k, v in form.cleaned_data.items() if k != "website"}
    if what == "amend":
        said["base"] = paragraph.current
    made = keep(draft, paragraph, request.user, KINDS[what], about=about, **said)
    if made.state == Contribution.State.HELD:
        messages.success(request, _(
            "Thank you. The secretariat reads first contributions before others see them."
        ))
    else:
        messages.success(request, _("Thank you. You can change your words for 15 minutes."))
    return redirect(made.url)


def _about(request, paragraph, what) -> Contribution | None:
    """What a comment answers or a stance is about: something shown at the same paragraph."""
    pk = request.POST.get("about", "")
    if not pk or what == "amend":
        return None
    kind = Kind.COMMENT if what == "comment" else Kind.AMENDMENT
    # Comments are answered one level deep: an answer is not answered itself.
    found = paragraph.contributions.shown().filter(
        kind=kind, about=None, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0
    ).first()
    if found is None or (what == "stance" and not found.is_open):
        raise Http404
    return found


def _page(request, draft, paragraph, status=200, bound=None, bound_what="", bound_about=None,
          problem=""):
    user, moderates = request.user, is_secretariat(draft, request.user)
    said = list(
        paragraph.contributions.seen_by(user, moderates)
        .exclude(state=Contribution.State.WITHDRAWN)
        .select_related("author", "base", "decision", "paragraph")
    )
    for one in said:
        one.paragraph = paragraph
    by_kind = {kind: [c for c in said if c.kind == kind] for kind in Kind.values}
    stances = by_kind[Kind.STANCE]
    for amendment in by_kind[Kind.AMENDMENT]:
        amendment.stances = [s for s in stances if s.about_id == amendment.pk]
    comments = by_kind[Kind.COMMENT]
    for comment in comments:
        comment.replies = [c for c in comments if c.about_id == comment.pk]
    may = user.is_authenticated and not paragraph.retired_by_id
    forms = {}
    if may and draft.is_open:
        forms["amend"] = AmendmentForm(base=paragraph.current.text, auto_id="amend-%s")
        mine = next((s for s in stances if not s.about_id and s.author_id == user.pk), None)
        forms["stance"] = StanceForm(
            auto_id="stance-%s", initial=mine and {"stance": mine.stance, "text": mine.text}
        )
    if may and draft.is_open_to_comments:
        forms["comment"] = CommentForm(auto_id="comment-%s")
    if bound is not None and bound_about is None and bound_what in forms:
        forms[bound_what] = bound
    amendments = by_kind[Kind.AMENDMENT]
    context = {
        "page": draft, "paragraph": paragraph, "forms": forms, "problem": problem,
        "moderates": moderates, "stances": [s for s in stances if not s.about_id],
        "amendments": [a for a in amendments if a.decision_id is None],
        "decided": [a for a in amendments if a.decision_id],
        # An answer stays readable when what it answers was taken back.
        "comments": [c for c in comments if c.about_id not in {a.pk for a in comments}],
        "bound": bound, "bound_what": bound_what, "bound_about": bound_about,
        "successors": successors_of(paragraph) if paragraph.retired_by_id else [],
        "neighbours": _neighbours(draft, paragraph),
    }
    return render(request, "policy/paragraph.html", context, status=status)


def _neighbours(draft, paragraph) -> dict:
    """The paragraphs before and after this one in the text."""
    keys = [p.pk for p in draft.text]
    if paragraph.pk not in keys:
        return {}
    at = keys.index(paragraph.pk)
    return {
        "before": draft.text[at - 1] if at else None,
        "after": draft.text[at + 1] if at + 1 < len(keys) else None,
    }


@require_safe
def _trace(request, draft, paragraph):
    """Every wording the paragraph had, newest first: what it grew from, by which decision, out of
    whose proposals."""
    wordings = list(
        paragraph.wordings.select_related("decision").prefetch_related(
            "sources__paragraph", "grew_into__paragraph", "decision__amendments__author",
        ).order_by("-number")
    )
    for wording in wordings:
        wording.before = next(
            (s for s in wording.sources.all() if s.paragraph_id == paragraph.pk), None
        )
        wording.others = [s for s in wording.sources.all() if s.paragraph_id != paragraph.pk]
        wording.amendments = _shown(wording.decision.amendments.all()) if wording.decision else []
    rejected = Decision.objects.filter(
        kind=Decision.Kind.REJECT, amendments__paragraph=paragraph
    ).distinct().prefetch_related("amendments__author")
    for decision in rejected:
        decision.shown = _shown(decision.amendments.all())
    context = {
        "page": draft, "paragraph": paragraph, "wordings": wordings, "rejected": rejected,
        "successors": successors_of(paragraph) if paragraph.retired_by_id else [],
    }
    return render(request, "policy/trace.html", context)


def _shown(amendments) -> list[Contribution]:
    return [a for a in amendments if a.state == Contribution.State.SHOWN]
