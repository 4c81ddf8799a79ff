"""Context of every template."""

from django.conf import settings


def site(request) -> dict:
    """The site's name and whether this is somebody's own machine."""
    return {"site_name": settings.WAGTAIL_SITE_NAME, "is_development": settings.DEVELOPMENT}
