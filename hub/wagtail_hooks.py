"""The editor's side of the base layer: snippets, and who may download a document."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from hub.models import Area, HubDocument, KnowledgePage, Topic


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    list_display = ["name_th", "name_en", "kind"]
    list_filter = ["kind"]
    panels = [FieldPanel(n) for n in ("name_th", "name_en", "slug", "kind", "sort_order")]


class AreaViewSet(SnippetViewSet):
    model = Area
    icon = "site"
    list_display = ["geocode", "name_th", "name_en", "level"]
    list_filter = ["level"]
    panels = [FieldPanel(n) for n in ("geocode", "name_th", "name_en")]


class FilingViewSetGroup(SnippetViewSetGroup):
    items = (TopicViewSet, AreaViewSet)
    menu_label = _("Topics and areas")
    menu_icon = "tag"


register_snippet(FilingViewSetGroup)


@hooks.register("insert_global_admin_css")
def admin_styles():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_page_header_buttons")
def published_versions_of_page(page, user, view_name, next_url=None):
    """A way from the editor, beside its history, to the versions that readers see."""
    if page.live and getattr(page.specific_deferred, "current_version", None):
        yield Button(
            _("Public versions"), page.get_url() + "versions/", icon_name="history", priority=66
        )


@hooks.register("before_serve_page")
def page_past_its_expiry(page, request, args, kwargs):
    """Refuse it from that moment; Wagtail takes it down when its schedule next runs."""
    if page.expire_at and page.expire_at <= timezone.now():
        raise Http404


@hooks.register("before_serve_document")
def document_of_a_page_nobody_may_read(document, request):
    """Refuse a document whose every page is a draft, withdrawn or private to others.

    Its collection's privacy is checked by Wagtail; this closes the guessed address.
    """
    holders = KnowledgePage.objects.filter(attachments__document=document)
    if not holders or may_change_documents(request.user):
        return
    for page in holders.live().not_expired():
        if all(r.accept_request(request) for r in page.get_view_restrictions()):
            return
    raise PermissionDenied


def may_change_documents(user) -> bool:
    """Whether ``user`` works with documents in the editor."""
    return user.is_authenticated and policy_registry.get_by_type(
        HubDocument
    ).user_has_permission(user, "change")
