"""The editor's lists of what communities and areas have."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from models_lib.models import AreaFeature, CommunityGroup, Skill


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
