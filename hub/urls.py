"""Addresses: Thai at the root, English below /en/, the editor's at /admin/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.urls import urlpatterns as wagtail_patterns

from hub.chain import broken_links_views
from hub.files import views as file_views
from hub.metrics.views import metrics
from hub.thai.text import THAI_MARKS
from hub.web import routing, views

# Stock Wagtail's pattern knows \w only, and Thai vowel signs and tone marks are not \w. A page may
# also answer with a file (calendar.ics), by a route of that name with a slash behind it.
serve_pages = re_path(
    rf"^((?:[\w\-{THAI_MARKS}]+/)*(?:[a-z0-9-]+\.[a-z]+)?)$", routing.serve,
    name="wagtail_serve",
)

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path("admin/login/", include("members.sign_in.urls")),
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", file_views.serve_document, name="document"),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:name>", file_views.media, name="media"),
]
urlpatterns += i18n_patterns(
    path("search/", include("search.urls")),
    path("", include("members.urls")),
    path("chain/broken/", broken_links_views.broken_links, name="broken_links"),
    path("chain/broken/csv/", broken_links_views.broken_links_as_csv, name="broken_links_csv"),
    path("", include("models_lib.urls")),
    path("", include("lessons.urls")),
    path("", include("courses.urls")),
    path("follow-up/", include("policy.urls")),
    *wagtail_patterns[:-1],
    serve_pages,
    prefix_default_language=False,
)

handler400 = "hub.web.error_pages.bad_request_handler"
handler403 = "hub.web.error_pages.permission_denied"
handler429 = "hub.web.error_pages.too_many_requests"  # asked for by allauth
handler404 = "hub.web.error_pages.not_found"
handler500 = "hub.web.error_pages.server_error"
