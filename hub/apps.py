from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = _("Knowledge hub")

    def ready(self):
        # These import models, which are loaded only now.
        import hub.chain.routes
        import hub.checks  # registers the checks
        import hub.versions.routes
        from hub.access import chosen, form_gate, tags
        from hub.changelog import recording
        from hub.export.wagtail_reports import guard_wagtail_exports
        from hub.files import picture_metadata
        from hub.forms.model_fields import use_in_the_editor
        from hub.forms.query import bound_numbers_in_paths
        from hub.jobs import gone_objects, housekeeping
        from hub.pages.ordering import bound_ordering_by_hand
        from hub.pages.redirects import delete_clashing_redirects_in_batches
        from hub.pages.slugs import accept_thai_slugs
        from hub.people import memberships
        from hub.versions import numbering

        accept_thai_slugs()
        bound_numbers_in_paths()
        delete_clashing_redirects_in_batches()
        bound_ordering_by_hand()
        chosen.install()
        form_gate.install()
        gone_objects.end_quietly()
        tags.install()
        guard_wagtail_exports()
        use_in_the_editor()
        picture_metadata.connect()
        recording.connect()
        housekeeping.connect()
        memberships.connect()
        numbering.connect()
        hub.chain.routes.register_routes()
        hub.versions.routes.register_routes()
