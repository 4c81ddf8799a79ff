from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self):
        from hub.files import document_text
        from hub.pages import page_search
        from hub.people import account_pages, personal_data
        from hub.statistics import counters as hub_counting
        from search.alerts import account_section
        from search.extraction import document_text as search_reading
        from search.index import cluster, signals
        from search.query.similar import pages_like
        from search.statistics import counters
        from search.text import thai

        page_search.provide(words=thai.tokens, pages=pages_like)
        document_text.provide(search_reading.readings, search_reading.read)
        hub_counting.register(counters.count)
        account_pages.register(account_section.section)
        personal_data.register("alerts", account_section.export, account_section.erase)

        try:
            cluster.cluster()  # loads its client now, not while the first reader waits
        except ValueError as error:
            raise ImproperlyConfigured(f"SEARCH_URL cannot be used: {error}.") from error
        signals.connect()
