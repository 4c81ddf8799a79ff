"""The editor's side of Models: what communities bring along, and what is known of areas."""

from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from models_lib.models import AreaFeature, CommunityGroup, ModelPage, Skill
from models_lib.peer_review.admin_views import may_moderate, peer_review


class SkillViewSet(SnippetViewSet):
    model = Skill
    icon = "pick"
    list_display = ["name_th", "name_en"]
    panels = [FieldPanel(n) for n in ("name_th", "name_en", "slug")]


class CommunityGroupViewSet(SnippetViewSet):
    model = CommunityGroup
    icon = "group"
    list_display = ["name_th", "name_en"]
    panels = [FieldPanel(n) for n in ("name_th", "name_en", "slug")]


class AreaFeatureViewSet(SnippetViewSet):
    model = AreaFeature
    icon = "site"
    list_display = ["area", "feature", "present", "source"]
    list_filter = ["feature", "present"]
    panels = [FieldPanel(n) for n in ("area", "feature", "present", "source")]


class CommunityViewSetGroup(SnippetViewSetGroup):
    items = (SkillViewSet, CommunityGroupViewSet, AreaFeatureViewSet)
    menu_label = _("What communities have")
    menu_icon = "group"


register_snippet(CommunityViewSetGroup)


@hooks.register("register_admin_urls")
def peer_review_address():
    return [path("peer-review/<int:page_id>/", peer_review, name="models_lib_peer_review")]


@hooks.register("register_page_header_buttons")
def peer_review_button(page, user, view_name, next_url=None):
    if isinstance(page, ModelPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Peer review"), reverse("models_lib_peer_review", args=[page.pk]),
            icon_name="group", priority=64,
        )


@hooks.register("before_edit_page")
def say_how_the_review_stands(request, page):
    """To moderators, above the form of a Model that peers are reading."""
    if request.method != "GET" or not isinstance(page, ModelPage):
        return
    review = page.peer_reviews.open().select_related("task_state__task").first()
    if review and may_moderate(request.user, review):
        said = gettext("Peer review: %(number)s of %(needed)s reviews are in.") % {
            "number": len(review.counted), "needed": review.reviews_needed,
        }
        address = reverse("models_lib_peer_review", args=[page.pk])
        messages.info(
            request, said, buttons=[messages.button(address, gettext("Read and invite"))]
        )
