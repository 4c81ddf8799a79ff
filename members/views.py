"""A member's own pages. Signing up and in is django-allauth's."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.export.tables import json_document
from hub.people.account_pages import sections_of
from hub.people.personal_data import export_of
from members import account
from members.forms import LeavingForm, ParticularsForm, PasswordSignInForm
from members.models import PRIVACY_NOTICE, Member

FORM_METHODS = ["GET", "HEAD", "POST"]

wagtail_sign_in = LoginView.as_view(
    template_name="wagtailcore/login.html", authentication_form=PasswordSignInForm
)


@never_cache
@login_required
@require_safe
def page(request):
    """My page: who I am here, what I take part in, and my account."""
    context = {
        "member": Member.objects.of(request.user), "sections": sections_of(request.user),
    }
    return render(request, "members/page.html", context)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def particulars(request):
    form = ParticularsForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("member_page")
    status = 422 if form.errors else 200
    return render(request, "members/particulars.html", {"form": form}, status=status)


@login_required
@require_POST
def agree(request):
    """Consent to the privacy notice as it stands now, of those who have not given it yet."""
    Member.objects.of(request.user).agree()
    return redirect("member_page")


@never_cache
@login_required
@require_safe
def data(request):
    """All that is held of the member, as a JSON file."""
    name = slugify(request.user.get_username()) or "member"
    return json_document(export_of(request.user), name, indent=2)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def leave(request):
    """Deletes the account, once the password is given. Who runs the site cannot leave so."""
    if request.method == "POST" and request.user.is_superuser:
        raise PermissionDenied
    form = LeavingForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user
        logout(request)
        account.close(user)
        return redirect("member_left")
    status = 422 if form.errors else 200
    return render(request, "members/leave.html", {"form": form}, status=status)


@require_safe
def left(request):
    return render(request, "members/left.html")


@require_safe
def privacy(request):
    """The privacy notice: prose, so each language has a file of its own."""
    text = f"members/privacy/{get_language()}.html"
    return render(request, "members/privacy.html", {"text": text, "version": PRIVACY_NOTICE})
