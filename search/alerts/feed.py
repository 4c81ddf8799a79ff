"""A search as an Atom feed: the newest of what it finds, as anybody may read it."""

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from hub.middleware import bad_request
from hub.pages.navigation import site_of
from hub.withdrawals.notices import MARKS, marks_for
from search.alerts.new_results import new_results
from search.alerts.saved_search import Question

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def readable(text) -> str:
    """``text`` without the characters that XML does not take; editors paste them unseen."""
    return NOT_IN_XML.sub("", text)


@require_safe
@conditional_page
def feed(request):
    """The feed of the search in the address; without one, of everything."""
    question = Question.of(request)
    if question.has_no_word:
        return bad_request(request, _("There was no word to search for."))
    response = SearchFeed()(request, question=question)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=300"
    return response


class SearchFeed(Feed):
    """What Django's syndication framework asks of a feed."""

    feed_type = Atom1Feed

    def get_object(self, request, question):
        self.request = request
        self.host = request.get_host()
        self.language = get_language()
        return question

    def title(self, question):
        return readable(f"{question.label} – {settings.WAGTAIL_SITE_NAME}")

    def subtitle(self, question):
        return _("What was published last, new_results first")

    def author_name(self):
        return settings.WAGTAIL_SITE_NAME

    def link(self, question):
        return question.address()

    def feed_url(self, question):
        return question.address("search_feed")

    def items(self, question):
        return new_results(question, site_of(self.request))

    def item_title(self, news):
        mark = MARKS.get(marks_for(self.request).get(news.result.page.pk))
        return readable(f"{news.title} ({mark})" if mark else news.title)

    def item_description(self, news):
        if news.is_file:
            return readable(_("A file on the page “%(title)s”") % {
                "title": news.result.page.title})
        return readable(news.result.hit.summary)

    def item_link(self, news):
        if news.is_file:
            return news.path
        return news.result.page.get_url(self.request)

    def item_guid(self, news):
        # No address in it: a page that is moved or renamed is still the same entry.
        return f"tag:{self.host.partition(':')[0]},{news.moment:%Y-%m-%d}:{news.key}"

    def item_pubdate(self, news):
        return news.moment

    item_updateddate = item_pubdate
