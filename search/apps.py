from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self):
        from hub import counting as hub_counting
        from hub import finding, member_pages, personal_data, reading
        from search import cluster, counting, member, signals, thai
        from search import reading as search_reading
        from search.similar import pages_like

        finding.provide(words=thai.tokens, pages=pages_like)
        reading.provide(search_reading.readings, search_reading.read)
        hub_counting.register(counting.count)
        member_pages.register(member.section)
        personal_data.register("alerts", member.export, member.erase)

        try:
            cluster.cluster()  # loads its client now, not while the first reader waits
        except ValueError as error:
            raise ImproperlyConfigured(f"SEARCH_URL cannot be used: {error}.") from error
        signals.connect()
