"""Account pages of members; django-allauth has the views to sign up and in."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.export.tables import json_document
from hub.forms.query import posted_number
from hub.people.account_pages import sections_of
from hub.people.personal_data import export_of
from members import account
from members.forms import DeleteAccountForm, ProfileForm
from members.models import PRIVACY_NOTICE, Member
from members.second_step import rules
from members.sessions import device_name, end_sessions, sessions_of

FORM_METHODS = ["GET", "HEAD", "POST"]

@never_cache
@login_required
@require_safe
def account_page(request):
    """My page: profile, sections of the apps, and links to manage the account."""
    context = {
        "member": Member.objects.of(request.user), "sections": sections_of(request.user),
    }
    return render(request, "members/account.html", context)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def profile(request):
    """Edit name, language, organisation and area."""
    form = ProfileForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("member_page")
    status = 422 if form.errors else 200
    return render(request, "members/profile.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def sessions(request):
    """Where the member is signed in; POST ends the ``session`` of that id, or all others."""
    here = request.session.session_key
    if request.method == "POST":
        if "others" in request.POST:
            end_sessions(request.user, but=here)
            return redirect("member_sessions")
        session = get_object_or_404(
            UserSession, user=request.user, pk=posted_number(request, "session"))
        if session.session_key == here:
            logout(request)
            return redirect("account_login")
        session.end()
        return redirect("member_sessions")
    rows = [(device_name(row), row, row.session_key == here) for row in sessions_of(request.user)]
    return render(request, "members/sessions.html", {"sessions": rows})


@never_cache
@login_required
@require_safe
def second_step(request):
    """Why a second step is needed and how to set one up; whoever has one goes on."""
    if not rules.needs_one(request.user):
        return redirect("mfa_index")
    context = {"last_day": rules.last_day(request.user), "over": rules.is_over(request.user)}
    return render(request, "members/second_step.html", context)


@login_required
@require_POST
def consent(request):
    """Record consent to the current privacy notice."""
    Member.objects.of(request.user).give_consent()
    return redirect("member_page")


@never_cache
@login_required
@require_safe
def personal_data(request):
    """Everything stored about the member, as a JSON file."""
    name = slugify(request.user.get_username()) or "member"
    return json_document(export_of(request.user), name, indent=2)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def delete_account(request):
    """Erase the account once the password is confirmed; superusers are not allowed to."""
    if request.method == "POST" and request.user.is_superuser:
        raise PermissionDenied
    form = DeleteAccountForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user
        logout(request)
        account.erase(user)
        return redirect("member_account_deleted")
    status = 422 if form.errors else 200
    return render(request, "members/delete_account.html", {"form": form}, status=status)


@require_safe
def account_deleted(request):
    """The confirmation after an account was deleted."""
    return render(request, "members/account_deleted.html")


@require_safe
def privacy_notice(request):
    """The privacy notice; each language has its own template, since it is prose."""
    text = f"members/privacy/{get_language()}.html"
    return render(request, "members/privacy.html", {"text": text, "version": PRIVACY_NOTICE})
