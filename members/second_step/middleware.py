"""The gate before the admin: no page without a second step once the days of grace are over."""

from django.shortcuts import redirect
from django.urls import reverse

from members.second_step.rules import is_over, needs_one

OPEN = ("wagtailadmin_logout",)


class SecondStepMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if request.resolver_match.url_name in OPEN or not needs_one(request.user):
            return None
        return redirect("member_second_step") if is_over(request.user) else None
