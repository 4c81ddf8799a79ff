"""Organisations as snippets of the editor."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
)
from wagtail.snippets.views.snippets import SnippetViewSet

from hub.forms.user_fields import UserNamesField
from hub.models import Membership, Organisation
from hub.people.memberships import set_members

MANAGE_MEMBERS = "hub.change_membership"
MEMBER_FIELDS = {
    "member_names": Membership.Role.MEMBER, "coordinator_names": Membership.Role.COORDINATOR,
}


class OrganisationForm(WagtailAdminModelForm):
    """Members are shown to and set by users who may change memberships: members read what their
    organisation keeps to itself."""

    member_names = UserNamesField(label=_("Members"), required=False)
    coordinator_names = UserNamesField(label=_("Coordinators"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not (self.for_user and self.for_user.has_perm(MANAGE_MEMBERS)):
            for name in MEMBER_FIELDS:
                del self.fields[name]
        elif self.instance.pk:
            for name, role in MEMBER_FIELDS.items():
                self.initial[name] = list(
                    self.instance.members.filter(memberships__role=role,
                                                 memberships__organisation=self.instance)
                    .order_by("pk").distinct()
                )

    def save(self, commit=True):
        organisation = super().save(commit=commit)
        if commit and MEMBER_FIELDS.keys() <= self.cleaned_data.keys():
            set_members(organisation, *(self.cleaned_data[name] for name in MEMBER_FIELDS))
        return organisation


Organisation.base_form_class = OrganisationForm  # where Wagtail reads it


class _ActiveOnly:
    """A list of the chooser without organisations that the form would refuse."""

    def get_object_list(self):
        return super().get_object_list().active()


class _ChooseView(_ActiveOnly, ChooseView):
    pass


class _ChooseResultsView(_ActiveOnly, ChooseResultsView):
    pass


class OrganisationChooserViewSet(SnippetChooserViewSet):
    choose_view_class = _ChooseView
    choose_results_view_class = _ChooseResultsView


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "group"
    add_to_admin_menu = True
    menu_label = _("Organisations")
    menu_order = 250
    copy_view_enabled = False
    chooser_viewset_class = OrganisationChooserViewSet
    list_display = ["name_th", "name_en", "kind", "area", "is_active"]
    list_filter = ["kind", "is_active"]
    panels = [
        *(FieldPanel(n) for n in (
            "name_th", "name_en", "slug", "kind", "area", "description", "website", "is_active",
        )),
        MultiFieldPanel(
            [FieldPanel(name) for name in MEMBER_FIELDS], heading=_("Who belongs to it"),
        ),
    ]
