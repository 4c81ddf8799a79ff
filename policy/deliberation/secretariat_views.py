"""The secretariat's side of a draft: what waits, deciding, splitting and joining, moderating."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policy.deliberation import contributions, decisions
from policy.deliberation.decisions import Ruling
from policy.deliberation.forms import AmendmentsForm, JoinForm, ReasonForm, SplitForm
from policy.deliberation.paragraph_views import find
from policy.deliberation.participation import is_secretariat, sign_in_first
from policy.models import Contribution, Decision

State, Kind = Contribution.State, Decision.Kind
FORM_METHODS = ["GET", "HEAD", "POST"]
MOST_CHOSEN = 50


def _checked(request, draft):
    """An answer for those who are not of the secretariat; None for those who are."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if not is_secretariat(draft, request.user):
        raise PermissionDenied
    return None


@never_cache
@require_safe
def workbench(request, draft):
    """What waits: contributions to read, reports of readers, proposals to decide on."""
    if refused := _checked(request, draft):
        return refused
    said = Contribution.objects.filter(paragraph__draft=draft).select_related(
        "author", "paragraph", "base").prefetch_related("earlier", "paragraph__wordings")
    undecided = list(said.undecided().prefetch_related("answers"))
    for amendment in undecided:
        shown = [s for s in amendment.answers.all() if s.state == State.SHOWN]
        amendment.support = sum(s.stance == "support" for s in shown)
        amendment.objections = sum(s.stance == "object" for s in shown)
    groups = {}
    for amendment in sorted(undecided, key=lambda a: (a.paragraph.position, a.pk)):
        groups.setdefault(amendment.paragraph, []).append(amendment)
    context = {
        "page": draft, "groups": list(groups.items()),
        "held": said.held(),
        "complained": said.exclude(state__in=[State.HIDDEN, State.WITHDRAWN]).filter(
            complaints__settled_at=None, complaints__isnull=False
        ).prefetch_related("complaints").distinct(),
        "hidden": said.filter(state=State.HIDDEN), "is_closed": draft.adopted_as is not None,
        "may_adopt": may_adopt(draft, request.user),
    }
    return render(request, "policy/secretariat.html", context)


def may_adopt(draft, user) -> bool:
    """Editors may make a resolution of it: those who may write below the assembly."""
    return user.is_authenticated and (
        draft.assembly.permissions_for_user(user).can_add_subpage()
    )


def act(request, draft, what):
    """One of the secretariat's actions, each at an address of its own."""
    from policy.deliberation import adoption_views
    from policy.register import paper_results_views

    if what == "adopt":
        return adoption_views.adopt(request, draft)
    if refused := _checked(request, draft):
        return refused
    actions = {
        "decide": _decide, "split": _split, "join": _join, "moderate": _moderate,
        "results": paper_results_views.take_in,
    }
    if what not in actions:
        raise Http404
    return actions[what](request, draft)


@never_cache
@require_http_methods(FORM_METHODS)
def _decide(request, draft):
    """The form for the amendments chosen in the address (``a=1&a=2``)."""
    keys = [int(k) for k in request.GET.getlist("a")[:MOST_CHOSEN] if k.isdecimal()]
    chosen = list(
        Contribution.objects.undecided().filter(paragraph__draft=draft, pk__in=keys)
        .select_related("author", "paragraph", "base").prefetch_related("paragraph__wordings")
    )
    if not chosen:
        messages.error(request, _("Choose one proposal or several."))
        return redirect(f"{draft.url}secretariat/")
    kinds = [Kind.ACCEPT, Kind.REJECT] if len(chosen) == 1 else [Kind.MERGE, Kind.REJECT]
    if len(chosen) == 1:
        kinds.insert(1, Kind.MERGE)
        if chosen[0].is_stale:
            kinds.remove(Kind.ACCEPT)
    form = AmendmentsForm(request.POST or None, kinds=kinds, initial={
        "text": chosen[0].text or chosen[0].paragraph.current.text})

    def rule(ruling):
        kind = form.cleaned_data["kind"]
        if kind == Kind.ACCEPT:
            return decisions.accept(draft, chosen[0], ruling)
        if kind == Kind.MERGE:
            return decisions.merge(draft, chosen, form.cleaned_data["text"], ruling)
        return decisions.reject(draft, chosen, ruling)

    context = {"chosen": chosen, "heading": _("Decide on proposals"),
               "action": "?" + urlencode([("a", a.pk) for a in chosen])}
    return _ruled(request, draft, form, rule, context)


@never_cache
@require_http_methods(FORM_METHODS)
def _split(request, draft):
    paragraph = find(draft, request.GET.get("p", ""))
    form = SplitForm(request.POST or None, initial={"text": paragraph.current.text})
    context = {"paragraph": paragraph, "action": f"?p={paragraph.slug}",
               "heading": _("Split paragraph %(label)s") % {"label": paragraph.label}}
    return _ruled(request, draft, form, lambda ruling: decisions.split(
        draft, paragraph, form.cleaned_data["text"], ruling), context)


@never_cache
@require_http_methods(FORM_METHODS)
def _join(request, draft):
    """Joins the paragraph in the address with the one that follows it."""
    paragraph = find(draft, request.GET.get("p", ""))
    keys = [p.pk for p in draft.text]
    if paragraph.pk not in keys or paragraph.pk == keys[-1]:
        raise Http404
    following = draft.text[keys.index(paragraph.pk) + 1]
    both = f"{paragraph.current.text}\n{following.current.text}"
    form = JoinForm(request.POST or None, initial={"text": both})
    labels = {"label": paragraph.label, "following": following.label}
    context = {"paragraph": paragraph, "action": f"?p={paragraph.slug}",
               "heading": _("Join paragraphs %(label)s and %(following)s") % labels}
    return _ruled(request, draft, form, lambda ruling: decisions.join(
        draft, paragraph, following, form.cleaned_data["text"], ruling), context)


def _ruled(request, draft, form, rule, context):
    """Show ``form``; when it is sent whole, decide by ``rule(ruling)`` and go to the register."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            ruling = Ruling(request.user, said["reason"], said["meeting"], said["decided_on"])
            try:
                decision = rule(ruling)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Decision %(number)s is in the register.") % {
                    "number": decision.number})
                return redirect(f"{draft.url}register/#d{decision.number}")
    context |= {"page": draft, "form": form}
    return render(request, "policy/decide.html", context, status=status)


@never_cache
@require_POST
def _moderate(request, draft):
    """Approve or hide one contribution; hiding needs a reason."""
    pk = request.POST.get("contribution", "")
    said = get_object_or_404(
        Contribution, paragraph__draft=draft,
        pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0,
    )
    if request.POST.get("what") == "approve":
        contributions.approve(said, request.user)
        messages.success(request, _("It is shown now."))
    else:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Hiding needs a reason that everybody reads."))
        else:
            contributions.hide(said, request.user, form.cleaned_data["reason"])
            messages.success(request, _("It is hidden now; its author was told why."))
    return redirect(f"{draft.url}secretariat/")
