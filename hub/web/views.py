"""Health checks and robots.txt."""

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from hub import __version__
from hub.web import fallback_cache, schema
from hub.web.disk import disk_state


@require_safe
def livez(request):
    """200 while the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request):
    """200 when the database answers and is of this version, there is a site to serve and the disk
    takes writes, else 503; says what fails, and which version this is.

    Without its cache a hub is slower and still serves.
    """
    state = {
        "version": __version__, "database": "ok", "schema": "ok", "site": "ok",
        "disk": disk_state(), "cache": fallback_cache.state(),
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if lacking := schema.missing():
            state["schema"] = f"lacks {', '.join(lacking[:3])}"
        if not Site.objects.exists():
            state["site"] = "missing"
    except Exception as error:
        state["database"] = type(error).__name__
    needed = {state["database"], state["schema"], state["site"], state["disk"]}
    ready = needed <= {"ok", "nearly full"}
    return JsonResponse(state, status=200 if ready else 503)


@require_safe
def robots(request):
    """robots.txt: what search engines may crawl."""
    lines = ["User-agent: *", "Disallow: /admin/"]
    for prefix in ("", "/en"):
        lines += [f"Disallow: {prefix}/search/", f"Disallow: {prefix}/accounts/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
