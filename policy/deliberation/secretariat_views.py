"""The secretariat's pages of a draft: open tasks, decisions, splitting, joining, moderation."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.forms.query import posted_number, query_numbers
from policy.deliberation import contributions, decisions
from policy.deliberation.decisions import Ruling
from policy.deliberation.forms import AmendmentsForm, JoinForm, ReasonForm, SplitForm
from policy.deliberation.paragraph_views import paragraph_or_404
from policy.deliberation.participation import secretariat_only
from policy.models import Contribution, Decision
from policy.permissions import may_adopt

State, Kind = Contribution.State, Decision.Kind
FORM_METHODS = ["GET", "HEAD", "POST"]
MAX_SELECTED = 50


@never_cache
@require_safe
@secretariat_only
def overview(request, draft):
    """What waits: held contributions, complaints of readers, amendments to decide on."""
    rows = Contribution.objects.filter(paragraph__draft=draft).select_related(
        "author", "paragraph", "base").prefetch_related("revisions", "paragraph__wordings")
    undecided = list(rows.undecided().prefetch_related("answers"))
    for amendment in undecided:
        shown = [s for s in amendment.answers.all() if s.state == State.SHOWN]
        amendment.support = sum(s.stance == Contribution.Stance.SUPPORT for s in shown)
        amendment.objections = sum(s.stance == Contribution.Stance.OBJECT for s in shown)
    groups = {}
    for amendment in sorted(undecided, key=lambda a: (a.paragraph.position, a.pk)):
        groups.setdefault(amendment.paragraph, []).append(amendment)
    context = {
        "page": draft, "groups": list(groups.items()),
        "held": rows.held(),
        "reported": rows.exclude(state__in=[State.HIDDEN, State.WITHDRAWN]).filter(
            complaints__settled_at=None, complaints__isnull=False
        ).prefetch_related("complaints").distinct(),
        "hidden": rows.filter(state=State.HIDDEN), "is_closed": draft.adopted_as is not None,
        "may_adopt": may_adopt(draft, request.user),
    }
    return render(request, "policy/deliberation/secretariat.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
@secretariat_only
def decide(request, draft):
    """The form for the amendments that the query selects (``a=1&a=2``)."""
    keys = query_numbers(request, "a", MAX_SELECTED)
    selected = list(
        Contribution.objects.undecided().filter(paragraph__draft=draft, pk__in=keys)
        .select_related("author", "paragraph", "base").prefetch_related("paragraph__wordings")
    )
    if not selected:
        messages.error(request, _("Choose one proposal or several."))
        return redirect(f"{draft.url}secretariat/")
    kinds = [Kind.MERGE, Kind.REJECT]
    if len(selected) == 1 and not selected[0].is_stale:
        kinds.insert(0, Kind.ACCEPT)
    form = AmendmentsForm(request.POST or None, kinds=kinds, initial={
        "text": selected[0].text or selected[0].paragraph.current.text})

    def apply(ruling):
        kind = form.cleaned_data["kind"]
        if kind == Kind.ACCEPT:
            return decisions.accept(draft, selected[0], ruling)
        if kind == Kind.MERGE:
            return decisions.merge(draft, selected, form.cleaned_data["text"], ruling)
        return decisions.reject(draft, selected, ruling)

    context = {"selected": selected, "heading": _("Decide on proposals"),
               "action": "?" + urlencode([("a", a.pk) for a in selected])}
    return _decision_form(request, draft, form, apply, context)


@never_cache
@require_http_methods(FORM_METHODS)
@secretariat_only
def split(request, draft):
    """Split the paragraph that the query names (``p``)."""
    paragraph = paragraph_or_404(draft, request.GET.get("p", ""))
    form = SplitForm(request.POST or None, initial={"text": paragraph.current.text})
    context = {"paragraph": paragraph, "action": f"?p={paragraph.slug}",
               "heading": _("Split paragraph %(label)s") % {"label": paragraph.label}}
    return _decision_form(request, draft, form, lambda ruling: decisions.split(
        draft, paragraph, form.cleaned_data["text"], ruling), context)


@never_cache
@require_http_methods(FORM_METHODS)
@secretariat_only
def join(request, draft):
    """Join the paragraph that the query names (``p``) with the one that follows it."""
    paragraph = paragraph_or_404(draft, request.GET.get("p", ""))
    paragraphs = draft.active_paragraphs
    keys = [p.pk for p in paragraphs]
    if paragraph.pk not in keys or paragraph.pk == keys[-1]:
        raise Http404
    following = paragraphs[keys.index(paragraph.pk) + 1]
    text = f"{paragraph.current.text}\n{following.current.text}"
    form = JoinForm(request.POST or None, initial={"text": text})
    labels = {"label": paragraph.label, "following": following.label}
    context = {"paragraph": paragraph, "action": f"?p={paragraph.slug}",
               "heading": _("Join paragraphs %(label)s and %(following)s") % labels}
    return _decision_form(request, draft, form, lambda ruling: decisions.join(
        draft, paragraph, following, form.cleaned_data["text"], ruling), context)


def _decision_form(request, draft, form, apply, context):
    """Show ``form``; when it is valid, call ``apply(ruling)`` and redirect to the register."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            ruling = Ruling(
                request.user, values["reason"], values["meeting"], values["decided_on"]
            )
            try:
                decision = apply(ruling)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Decision %(number)s is in the register.") % {
                    "number": decision.number})
                return redirect(f"{draft.url}register/#d{decision.number}")
    context |= {"page": draft, "form": form}
    return render(request, "policy/deliberation/decision_form.html", context, status=status)


@never_cache
@require_POST
@secretariat_only
def moderate(request, draft):
    """Approve or hide one contribution; hiding needs a reason."""
    contribution = get_object_or_404(
        Contribution, paragraph__draft=draft, pk=posted_number(request, "contribution"))
    if request.POST.get("what") == "approve":
        contributions.approve(contribution, request.user)
        messages.success(request, _("It is shown now."))
    else:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Hiding needs a reason that everybody reads."))
        else:
            contributions.hide(contribution, request.user, form.cleaned_data["reason"])
            messages.success(request, _("It is hidden now; its author was told why."))
    return redirect(f"{draft.url}secretariat/")
