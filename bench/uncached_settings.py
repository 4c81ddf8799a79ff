"""The hub's settings without its cache of pages: what a page costs when it is built."""

from hub.settings import *  # noqa: F403
from hub.settings import MIDDLEWARE

MIDDLEWARE.remove("hub.changelog.page_cache.PageCacheMiddleware")
MIDDLEWARE.remove("hub.changelog.member_pages.MemberPagesMiddleware")
