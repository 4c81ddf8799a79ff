"""Changing, withdrawing, adapting and reporting one thing that somebody said."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.web.rate_limit import HOUR, hit, network_of
from policy.deliberation import contributions
from policy.deliberation.decisions import successors_of
from policy.deliberation.forms import AmendmentForm, CommentForm, ComplaintForm, StanceForm
from policy.deliberation.participation import is_secretariat, sign_in_first
from policy.models import Contribution

Kind = Contribution.Kind
MOST_COMPLAINTS = 10  # within an hour, of one network


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, draft, pk, what):
    """``what`` is edit, withdraw, rebase or report."""
    actions = {"edit": _edit, "withdraw": _withdraw, "rebase": _rebase, "report": _report}
    if what not in actions:
        raise Http404
    said = (
        Contribution.objects.seen_by(request.user, is_secretariat(draft, request.user))
        .filter(paragraph__draft=draft, pk=pk).select_related("paragraph", "base").first()
    )
    if said is None or said.state == Contribution.State.WITHDRAWN:
        raise Http404
    if what != "report":
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if said.author_id != request.user.pk:
            raise PermissionDenied
    return actions[what](request, draft, said)


def _edit(request, draft, said):
    if not said.is_editable or not draft.is_open_to_comments:
        return _answer(request, draft, said, "edit", status=403, problem=_(
            "The time to change this is over, or others have spoken about it."
        ))
    initial = {"text": said.text, "reason": said.reason, "stance": said.stance,
               "change": said.change}
    if said.kind == Kind.AMENDMENT:
        form = AmendmentForm(request.POST or None, base=said.base.text, initial=initial)
    else:
        made = CommentForm if said.kind == Kind.COMMENT else StanceForm
        form = made(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not form.is_by_a_robot:
            contributions.rewrite(said, **_changed(form))
        return redirect(said.url)
    return _answer(request, draft, said, "edit", form)


def _withdraw(request, draft, said):
    if said.decision_id or said.state == Contribution.State.HIDDEN:
        return _answer(request, draft, said, "withdraw", status=403, problem=_(
            "It was decided or hidden already, so it stays in the record."
        ))
    if request.method == "POST":
        contributions.withdraw(said)
        messages.success(request, _("It was taken back."))
        return redirect(said.paragraph.url)
    return _answer(request, draft, said, "withdraw")


class RebaseForm(AmendmentForm):
    """An amendment for other words; chooses among the paragraphs that its own became."""

    change = None
    paragraph = forms.ChoiceField(widget=forms.RadioSelect)
    field_order = ["paragraph", "text", "reason"]

    def __init__(self, *args, paragraphs, **options):
        super().__init__(*args, **options)
        self.paragraphs = {p.slug: p for p in paragraphs}
        self.fields["paragraph"].label = _("For which paragraph?")
        self.fields["paragraph"].choices = [
            (slug, f"{p.heading}: {p.current.text[:80]}") for slug, p in self.paragraphs.items()
        ]

    def clean(self):
        chosen = self.paragraphs.get(self.cleaned_data.get("paragraph"))
        self.base = chosen.current.text if chosen else ""
        self.cleaned_data["change"] = self.initial["change"]
        return super().clean()


def _rebase(request, draft, said):
    if said.kind != Kind.AMENDMENT or not said.is_stale or not draft.is_open:
        return _answer(request, draft, said, "rebase", status=403, problem=_(
            "There is nothing to adapt: the words it was made for stand, or the draft is closed."
        ))
    paragraphs = successors_of(said.paragraph)
    form = RebaseForm(request.POST or None, paragraphs=paragraphs, initial={
        "text": said.text, "reason": said.reason, "change": said.change,
        "paragraph": paragraphs[0].slug if paragraphs else "",
    })
    if request.method == "POST" and form.is_valid():
        chosen = form.paragraphs[form.cleaned_data["paragraph"]]
        contributions.rebase(said, chosen, form.cleaned_data["text"], form.cleaned_data["reason"])
        return redirect(said.url)
    return _answer(request, draft, said, "rebase", form, paragraphs=paragraphs)


def _report(request, draft, said):
    if said.state == Contribution.State.HIDDEN:
        raise Http404
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if hit("policy complain", network_of(request), HOUR) > MOST_COMPLAINTS:
            return _answer(request, draft, said, "report", form, status=429, problem=_(
                "There were many reports from here. Try again in an hour."
            ))
        if not form.is_by_a_robot:
            user = request.user if request.user.is_authenticated else None
            contributions.complain(said, user, form.cleaned_data["reason"])
        return render(request, "policy/reported.html", {"page": draft, "said": said})
    return _answer(request, draft, said, "report", form)


def _changed(form) -> dict:
    return {k: v for k, v in form.cleaned_data.items() if k != "website"}


def _answer(request, draft, said, what, form=None, status=200, **context):
    if form is not None and form.is_bound and status == 200:
        status = 422
    context |= {"page": draft, "said": said, "what": what, "form": form,
                "paragraph": said.paragraph}
    return render(request, "policy/said.html", context, status=status)
