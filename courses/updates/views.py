"""What changed since a copy of a course, only the changed files, and letters when it changes."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.downloads import counters
from courses.models import CourseCopy, CourseFollower, may_facilitate
from courses.packs.stream import Zip, pack_response
from courses.packs.views import changes_name, files_of, pack_name
from courses.updates import followers
from courses.updates.changed_pack import files_since
from courses.updates.changes_since import edition_of
from courses.updates.changes_since import since as changes_since
from courses.updates.copies import MOST_BYTES, identify, remember
from hub.email.subscription_views import FORM_METHODS, SubscriptionForm
from hub.email.subscriptions import may_ask
from hub.versions.views import answer, version_or_404

# Which copy


class CopyForm(forms.Form):
    """The number of a version, or the manifest that lies in every pack."""

    version = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    manifest = forms.FileField(required=False)

    def __init__(self, page, user_may_facilitate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.page, self.user_may_facilitate = page, user_may_facilitate
        self.versions = list(page.published_versions.defer("digest"))
        self.fields["version"].choices = [(v.number, v.number) for v in self.versions]
        self.fields["version"].error_messages["invalid_choice"] = _(
            "Choose one of the versions in the list.")
        self.fields["manifest"].error_messages["empty"] = _("This file is empty.")

    def clean_manifest(self):
        file = self.cleaned_data["manifest"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is too large to be a manifest.json."))
        return identify(self.page, file.read(), self.user_may_facilitate)

    def clean(self):
        said = super().clean()
        if not self.errors and not (said.get("version") or said.get("manifest")):
            raise ValidationError(_("Choose a version or the file manifest.json."))
        return said

    def address(self) -> str:
        """Below the page's own: what changed since the copy that was said."""
        said = self.cleaned_data
        if said["manifest"]:
            number, edition = said["manifest"]
            return f"since/{number}/" + (f"?copy={edition.code}" if edition else "")
        return f"since/{said['version']}/"


@require_http_methods(FORM_METHODS)
@csrf_protect
def which_copy(request, page):
    if page.current_version is None:
        raise Http404
    is_sent = request.method == "POST"
    form = CopyForm(page, may_facilitate(request.user), *(
        (request.POST, request.FILES) if is_sent else ()))
    if is_sent and form.is_valid():
        return redirect(page.get_url(request) + form.address())
    response = answer(page, request, "courses/which_copy.html", form=form)
    response.status_code = 422 if is_sent else 200
    return response


@login_required
@require_POST
def forget_copy(request, pk):
    """Take a copy off a member's page."""
    get_object_or_404(CourseCopy, pk=pk, user=request.user).delete()
    messages.success(request, _("Taken off your page."))
    return redirect("member_page")


# What changed


@require_safe
def since(request, page, number):
    version, facilitates = version_or_404(page, number), may_facilitate(request.user)
    edition = edition_of(page, number, request.GET.get("copy", ""), facilitates)
    files = files_of(page, request)
    fetched = files_since(page, files, edition, number, facilitates)
    return answer(
        page, request, "courses/since.html", version=version, latest=page.current_version,
        since=changes_since(page, version, edition, files, facilitates), fetched=fetched,
        size=Zip(fetched, pack_name(page).removesuffix(".zip")).size if fetched else 0,
        whole=Zip(files, pack_name(page).removesuffix(".zip")).size,
        edition=edition,
    )


@require_safe
def changed_files(request, page, number):
    """Files that go over a copy; 404 where it has everything, or where it is not known."""
    version_or_404(page, number)
    facilitates = may_facilitate(request.user)
    edition = edition_of(page, number, request.GET.get("copy", ""), facilitates)
    files = files_of(page, request)
    changed = files_since(page, files, edition, number, facilitates)
    if not changed:
        raise Http404
    counters.record(request, page_id=page.pk, what="changes")
    response = pack_response(request, changed, changes_name(page, number), pack_name(page))
    remember(request, page, files, response)
    return response


# Letters


@never_cache
@require_http_methods(FORM_METHODS)
@csrf_protect
def follow(request, page):
    if not followers.may_be_followed(page):
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
                followers.ask(page, form.cleaned_data["email"], get_language())
            return redirect(f"{page.get_url(request)}follow/asked/")
    response = answer(page, request, "courses/follow/form.html", form=form, problem=problem)
    response.status_code = status
    return response


@never_cache
@require_safe
def follow_asked(request, page):
    """After the form; the same whether the address was known or not."""
    return answer(page, request, "courses/follow/asked.html",
                  days=CourseFollower.DAYS_TO_CONFIRM)


def _said_of(follower) -> dict:
    """The course is named only while everybody may read it."""
    return {"follower": follower, "course": followers.readable(follower)}


FROM_LETTERS = {"model": CourseFollower, "template": "courses/follow/letter", "said_of": _said_of}
