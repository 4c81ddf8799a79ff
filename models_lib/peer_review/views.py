"""The pages of reviewers: the revision under review, the form, the pending reviews."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from models_lib.models import Review, Reviewer
from models_lib.peer_review.forms import ReviewForm
from models_lib.peer_review.invitations import reviewer_of, token_of
from models_lib.peer_review.rounds import save_review


def _invitation_ended(request):
    return render(request, "models_lib/peer_review/invitation_ended.html", status=404)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, token):
    """The form; a review can be changed until the round is closed."""
    reviewer = reviewer_of(token, request.user)
    if reviewer is None:
        return _invitation_ended(request)
    submitted = reviewer.submitted_review
    form = ReviewForm(request.POST or None, instance=submitted or Review())
    status = 200
    if request.method == "POST":
        if form.is_valid():
            save_review(reviewer, form.save(commit=False))
            return redirect(f"{reverse('peer_review', args=[token])}?sent=1")
        status = 422
    context = {
        "form": form, "reviewer": reviewer, "model": reviewer.peer_review.page,
        "submitted": submitted, "token": token,
        "was_sent": bool(submitted) and "sent" in request.GET and not form.is_bound,
    }
    return render(request, "models_lib/peer_review/form.html", context, status=status)


@never_cache
@csrf_protect
@require_POST
def decline(request, token):
    """Record that the reviewer cannot review; the moderators see it and may ask others."""
    reviewer = reviewer_of(token, request.user)
    if reviewer is None:
        return _invitation_ended(request)
    if not reviewer.submitted_review:
        Reviewer.objects.filter(pk=reviewer.pk).update(declined_at=timezone.now())
    return redirect(reverse("peer_review", args=[token]))


@never_cache
@require_safe
def draft(request, token):
    """The revision under review, as readers would see it."""
    reviewer = reviewer_of(token, request.user)
    if reviewer is None or reviewer.peer_review.revision is None:
        return _invitation_ended(request)
    page = reviewer.peer_review.revision.as_object()
    response = page.serve(request)
    response.context_data["review_url"] = reverse("peer_review", args=[token])
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_safe
def mine(request):
    """Pending reviews of the signed-in user."""
    waiting = Reviewer.objects.waiting_for(request.user).select_related(
        "peer_review__page", "review"
    )
    rows = [(r, reverse("peer_review", args=[token_of(r)])) for r in waiting]
    return render(request, "models_lib/peer_review/my_reviews.html", {"rows": rows})
