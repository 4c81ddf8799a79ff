"""Changing, withdrawing, rebasing and reporting one contribution."""

from functools import wraps

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.web.client_address import network_of
from hub.web.rate_limit import HOUR, hit
from policy.deliberation import contributions
from policy.deliberation.decisions import successors_of
from policy.deliberation.forms import AmendmentForm, CommentForm, ComplaintForm, StanceForm
from policy.deliberation.participation import redirect_to_sign_in
from policy.models import Contribution
from policy.permissions import is_secretariat

Kind = Contribution.Kind
FORM_METHODS = ["GET", "HEAD", "POST"]
MAX_COMPLAINTS_PER_HOUR = 10  # from one network


def _contribution_or_404(request, draft, pk) -> Contribution:
    """A contribution to ``draft`` that the user may see and that was not withdrawn."""
    contribution = (
        Contribution.objects.visible_to(request.user, is_secretariat(draft, request.user))
        .exclude(state=Contribution.State.WITHDRAWN)
        .filter(paragraph__draft=draft, pk=pk).select_related("paragraph", "base").first()
    )
    if contribution is None:
        raise Http404
    return contribution


def _author_only(view):
    """Call ``view(request, draft, contribution)`` for the author of the contribution only."""

    @wraps(view)
    def checked(request, draft, pk):
        contribution = _contribution_or_404(request, draft, pk)
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        if contribution.author_id != request.user.pk:
            raise PermissionDenied
        return view(request, draft, contribution)

    return checked


@never_cache
@require_http_methods(FORM_METHODS)
@_author_only
def edit(request, draft, contribution):
    if not contribution.is_editable or not draft.is_open_to_comments:
        return _render(request, draft, contribution, "edit", status=403, problem=_(
            "The time to change this is over, or others have spoken about it."
        ))
    initial = {"text": contribution.text, "reason": contribution.reason,
               "stance": contribution.stance, "change": contribution.change}
    if contribution.kind == Kind.AMENDMENT:
        form = AmendmentForm(request.POST or None, base=contribution.base.text, initial=initial)
    else:
        form_class = CommentForm if contribution.kind == Kind.COMMENT else StanceForm
        form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not form.is_spam:
            contributions.revise(contribution, **form.contents)
        return redirect(contribution.url)
    return _render(request, draft, contribution, "edit", form)


@never_cache
@require_http_methods(FORM_METHODS)
@_author_only
def withdraw(request, draft, contribution):
    if contribution.decision_id or contribution.state == Contribution.State.HIDDEN:
        return _render(request, draft, contribution, "withdraw", status=403, problem=_(
            "It was decided or hidden already, so it stays in the record."
        ))
    if request.method == "POST":
        contributions.withdraw(contribution)
        messages.success(request, _("It was taken back."))
        return redirect(contribution.paragraph.url)
    return _render(request, draft, contribution, "withdraw")


class RebaseForm(AmendmentForm):
    """An amendment for the current wording of one of the successors of its paragraph."""

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
        paragraph = self.paragraphs.get(self.cleaned_data.get("paragraph"))
        self.base = paragraph.current.text if paragraph else ""
        self.cleaned_data["change"] = self.initial["change"]
        return super().clean()


@never_cache
@require_http_methods(FORM_METHODS)
@_author_only
def rebase(request, draft, amendment):
    if amendment.kind != Kind.AMENDMENT or not amendment.is_stale or not draft.is_open:
        return _render(request, draft, amendment, "rebase", status=403, problem=_(
            "There is nothing to adapt: the words it was made for stand, or the draft is closed."
        ))
    paragraphs = successors_of(amendment.paragraph)
    form = RebaseForm(request.POST or None, paragraphs=paragraphs, initial={
        "text": amendment.text, "reason": amendment.reason, "change": amendment.change,
        "paragraph": paragraphs[0].slug if paragraphs else "",
    })
    if request.method == "POST" and form.is_valid():
        paragraph = form.paragraphs[form.cleaned_data["paragraph"]]
        contributions.rebase(
            amendment, paragraph, form.cleaned_data["text"], form.cleaned_data["reason"]
        )
        return redirect(amendment.url)
    return _render(request, draft, amendment, "rebase", form, paragraphs=paragraphs)


@never_cache
@require_http_methods(FORM_METHODS)
def report(request, draft, pk):
    """Complain about a contribution; readers need not be signed in."""
    contribution = _contribution_or_404(request, draft, pk)
    if contribution.state == Contribution.State.HIDDEN:
        raise Http404
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if hit("policy complain", network_of(request), HOUR) > MAX_COMPLAINTS_PER_HOUR:
            return _render(request, draft, contribution, "report", form, status=429, problem=_(
                "There were many reports from here. Try again in an hour."
            ))
        if not form.is_spam:
            user = request.user if request.user.is_authenticated else None
            contributions.complain(contribution, user, form.cleaned_data["reason"])
        context = {"page": draft, "contribution": contribution}
        return render(request, "policy/deliberation/complaint_sent.html", context)
    return _render(request, draft, contribution, "report", form)


def _render(request, draft, contribution, action, form=None, status=200, **context):
    """Render the form of ``action``: edit, withdraw, rebase or report."""
    if form is not None and form.is_bound and status == 200:
        status = 422
    context |= {"page": draft, "contribution": contribution, "action": action, "form": form,
                "paragraph": contribution.paragraph}
    return render(request, "policy/deliberation/contribution_form.html", context, status=status)
