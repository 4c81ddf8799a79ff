"""A search as an Atom feed: its newest results, as anybody may read them."""

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from hub.web.error_pages import bad_request
from hub.web.navigation import site_of
from hub.withdrawals.notices import MARKS, marks_for
from search.alerts.new_results import newest_results
from search.alerts.saved_search import SavedSearch

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_safe(text) -> str:
    """``text`` without the characters that XML does not allow; editors paste them unseen."""
    return NOT_IN_XML.sub("", text)


@require_safe
@conditional_page
def feed(request):
    """The feed of the search in the address; without one, of everything."""
    search = SavedSearch.from_request(request)
    if search.has_no_word:
        return bad_request(request, _("There was no word to search for."))
    response = SearchFeed()(request, search=search)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=300"
    return response


class SearchFeed(Feed):
    """What Django's syndication framework asks of a feed."""

    feed_type = Atom1Feed

    def get_object(self, request, search):
        self.request = request
        self.host = request.get_host()
        self.language = get_language()
        return search

    def title(self, search):
        return xml_safe(f"{search.label} – {settings.WAGTAIL_SITE_NAME}")

    def subtitle(self, search):
        return _("What was published last, newest first")

    def author_name(self):
        return settings.WAGTAIL_SITE_NAME

    def link(self, search):
        return search.url()

    def feed_url(self, search):
        return search.url("search_feed")

    def items(self, search):
        return newest_results(search, site_of(self.request))

    def item_title(self, new):
        mark = MARKS.get(marks_for(self.request).get(new.result.page.pk))
        return xml_safe(f"{new.title} ({mark})" if mark else new.title)

    def item_description(self, new):
        if new.is_file:
            return xml_safe(_("A file on the page “%(title)s”") % {
                "title": new.result.page.title})
        return xml_safe(new.result.hit.summary)

    def item_link(self, new):
        if new.is_file:
            return new.path
        return new.result.page.get_url(self.request)

    def item_guid(self, new):
        # Without the path: a page that is moved or renamed is still the same entry.
        return f"tag:{self.host.partition(':')[0]},{new.moment:%Y-%m-%d}:{new.key}"

    def item_pubdate(self, new):
        return new.moment

    item_updateddate = item_pubdate
