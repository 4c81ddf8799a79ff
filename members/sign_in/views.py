"""Wagtail's two doors, /admin/login/ and /_util/login/: their own pages, the same steps as at the
site's door. A right password leads on to the second step and to whatever else allauth asks for."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from wagtail.admin.views.account import LoginView as WagtailLoginView


class _AllSteps:
    def form_valid(self, form):
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        credentials = {"username": form.cleaned_data["username"]}
        response = perform_password_login(self.request, credentials, login)
        remember = form.cleaned_data.get("remember")
        self.request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)
        return response


@method_decorator(never_cache, name="dispatch")
class EditorsDoor(_AllSteps, WagtailLoginView):
    """/admin/login/"""


@method_decorator(never_cache, name="dispatch")
class ReadersDoor(_AllSteps, LoginView):
    """/_util/login/, where Wagtail sends readers of a page that is not public."""

    template_name = "wagtailcore/login.html"
