"""The editing form of a lesson."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import PagePermissionTester

from hub.models import Organisation
from hub.pages.forms import KnowledgePageForm
from lessons.privacy import permissions


class LessonPageForm(KnowledgePageForm):
    """Offers the author's organisations, and checks who may publish or submit what."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        organisation = self.fields.get("organisation")
        if organisation and self.for_user:
            offered = permissions.organisations_of(self.for_user)
            chosen = Organisation.objects.filter(pk=self.instance.organisation_id)
            organisation.queryset = (offered | chosen).distinct()
            organisation.empty_label = _("None of them")

    def clean(self):
        cleaned = super().clean()
        if "openness" not in cleaned:
            return cleaned
        is_closed = cleaned["openness"] != self._meta.model.Openness.PUBLIC
        if not is_closed:
            cleaned["organisation"] = None
        elif not cleaned.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Say which organisation keeps this lesson."))
        elif self.data.get("action-submit"):
            self.add_error("openness", _(
                "A lesson that your organisation keeps is not sent to moderators. Publish it: your "
                "organisation reads it then, and nobody else."
            ))
        if (
            not is_closed and self.instance.pk and self.data.get("action-publish")
            and not PagePermissionTester(self.for_user, self.instance).can_publish()
        ):
            self.add_error("openness", _(
                "Moderators publish what everybody may read. Save the lesson and send it to them."
            ))
        return cleaned
