"""Views for following a course by e-mail."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import CourseFollower
from courses.updates import followers
from hub.email.subscription_views import FORM_METHODS, SubscriptionForm
from hub.email.subscriptions import may_ask
from hub.versions.views import answer


@never_cache
@require_http_methods(FORM_METHODS)
@csrf_protect
def follow(request, page):
    """Asks for the address that is notified when the course changes."""
    if not followers.can_be_followed(page):
        raise Http404
    status, problem = 200, ""
    initial = {"email": request.user.email} if request.user.is_authenticated else {}
    form = SubscriptionForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif not may_ask(request):
            status = 429
            problem = _("Too many e-mails were asked for from here. Try again in an hour.")
        else:
            if not form.cleaned_data["website"]:
                followers.subscribe(page, form.cleaned_data["email"], get_language())
            return redirect(f"{page.get_url(request)}follow/asked/")
    response = answer(
        page, request, "courses/updates/follow/form.html", form=form, problem=problem
    )
    response.status_code = status
    return response


@never_cache
@require_safe
def follow_requested(request, page):
    """After the form; the same whether the address was known or not."""
    return answer(page, request, "courses/updates/follow/requested.html",
                  days=CourseFollower.DAYS_TO_CONFIRM)


def _context_of(follower) -> dict:
    """The course is named only while it is open to everybody."""
    return {"follower": follower, "course": followers.public_course_of(follower)}


# For the views of ``hub.email.subscription_views``.
SUBSCRIPTION = {
    "model": CourseFollower, "template": "courses/updates/follow/email", "context_of": _context_of,
}
