"""May this reader have this page, this document, this picture? Every door asks here.

A door is whatever shows or hands out something: a view, a list, a link, a pack, a feed, an export::

    Reader.of(request).may_read(page)
    Reader.of(request).may_have(document)   # to show it, link it, or put it in
    Reader.of(request).may_open(document)   # to send the file itself
    anybody().readable(pages)            # a queryset narrowed to what may be read
    Reader.of_page(page).having(files)   # those of some documents or some pictures

What counts: view restrictions of pages and collections, drafts, expiry, the pages that a document
is attached to, and what apps keep from readers (the hook ``refused_documents``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction

from hub.access.editors import changeable_by
from hub.hooks import registered


class Restrictions:
    """All view restrictions of the hub, each with its page or its collection; read when needed."""

    def __init__(self, keep: Callable[[Any, Callable[[], Any]], Any] | None = None) -> None:
        self.keep = keep

    @classmethod
    def present(cls) -> Restrictions:
        """Those that a request which only reads has read already, else to be read anew."""
        return _read_once.get() or cls()

    @cached_property
    def of_pages(self) -> list[Any]:
        """Each with ``paths``, below which it holds: that of its page, and those of its aliases."""
        return self._read(PageViewRestriction, "page", _with_paths)

    @cached_property
    def of_collections(self) -> list[Any]:
        return self._read(CollectionViewRestriction, "collection", list)

    def on(self, page: Any) -> list[Any]:
        """Those of ``page`` and of the pages above it."""
        return [r for r in self.of_pages if page.path.startswith(tuple(r.paths))]

    def _read(self, model: Any, of: str, complete: Callable[[Any], list[Any]]) -> list[Any]:
        def read() -> list[Any]:
            rows = model.objects.select_related(of).prefetch_related("groups")
            return complete(rows.only("restriction_type", "password", f"{of}__path"))

        return self.keep(f"restrictions of each {of}", read) if self.keep else read()


def _with_paths(restrictions: Iterable[Any]) -> list[Any]:
    found = list(restrictions)
    aliases = defaultdict(list)
    if found:
        rows = Page.objects.exclude(alias_of=None).order_by("path")
        for source, *alias in rows.values_list("alias_of", "pk", "path"):
            aliases[source].append(alias)
    for restriction in found:
        restriction.paths = [restriction.page.path]
        sources = [restriction.page_id]
        for source in sources:  # which grows: Wagtail asks the source of an alias of an alias
            for pk, path in aliases[source]:
                restriction.paths.append(path)
                sources.append(pk)
    return found


_read_once: ContextVar[Restrictions | None] = ContextVar("restrictions_read_once", default=None)


@contextmanager
def restrictions_read_once(
    keep: Callable[[Any, Callable[[], Any]], Any] | None = None
) -> Iterator[None]:
    """Whoever asks meanwhile shares what was read; for requests that change nothing.

    ``keep(key, read)`` gives what an earlier request read, where it still holds.
    """
    token = _read_once.set(Restrictions(keep))
    try:
        yield
    finally:
        _read_once.reset(token)


class Reader:
    """Somebody, or everybody of some kind, who reads. Lives as long as one answer.

    ``request`` None stands for people who are not signed in. ``restrictions`` are those that
    the caller has read, if any.
    """

    def __init__(
        self, request: HttpRequest | None = None, restrictions: Restrictions | None = None
    ) -> None:
        self.request = request if hasattr(request, "user") else None
        self.page: Any = None
        self.is_facilitator = False
        self.passes_collections = False
        self.restrictions = restrictions or Restrictions.present()
        self._answers: dict[Callable[[Any], Any], Any] = {}

    # Who reads

    @property
    def user(self) -> Any:
        """The user of the request: asked each time, so that whoever shares pages among readers
        learns that one depends on its reader."""
        return self.request.user if self.request is not None else AnonymousUser()

    @property
    def kind(self) -> tuple[Any, ...]:
        """What is closed to the reader, and what apps tell readers apart by (the hook
        ``reader_kind``). Pages that do not ask who reads look the same to all of a kind."""
        return (
            tuple(self._closed_page_paths), tuple(self._closed_collection_paths),
            *(self.answer(about) for about in registered("reader_kind")),
        )

    def answer(self, about: Callable[[Any], Any]) -> Any:
        """``about(user)``, asked once for all questions of the reader."""
        if about not in self._answers:
            self._answers[about] = about(self.user)
        return self._answers[about]

    @classmethod
    def of(cls, request: HttpRequest) -> Reader:
        """Who made ``request``; one object for all questions while it is answered."""
        kept: Reader | None = getattr(request, "_hub_reader", None)
        if kept is None:
            kept = request._hub_reader = cls(request)  # type: ignore[attr-defined]
        return kept

    @classmethod
    def of_user(cls, user: Any) -> Reader:
        """``user`` outside a request."""
        request = HttpRequest()
        request.user, request.session = user, {}  # type: ignore[assignment]
        return cls(request)

    @classmethod
    def of_page(cls, page: Any, *, facilitator: bool = False) -> Reader:
        """Whoever has come as far as ``page``, whoever it is: for what its readers share.

        They pass the restrictions of the page and those that ask no more. With ``facilitator``
        they are signed in and in the group of facilitators as well.
        """
        reader = cls()
        reader.page, reader.is_facilitator = page, facilitator
        return reader

    @classmethod
    def of_index(cls, page: Any, restrictions: Restrictions | None = None) -> Reader:
        """As ``of_page``, for an index that itself knows who passes which collection. It stands for
        the readers of every published page under the same restrictions."""
        reader = cls(restrictions=restrictions)
        reader.page = page
        reader.passes_collections = True
        return reader

    def at(self, page: Any) -> Reader:
        """The same reader, to whom ``page`` is being shown: perhaps a draft, in a preview."""
        reader = Reader(self.request, self.restrictions)
        reader.page = page
        if self.request is not None:  # else the page itself decides what else is open
            reader._closed_page_paths = self._closed_page_paths
            reader._closed_collection_paths = self._closed_collection_paths
            reader._answers = self._answers
        return reader

    def is_as(self, other: Reader) -> bool:
        """Whether ``other`` is given the same answers: is shown the same page and is of the same
        kind."""
        return (
            self.page is other.page
            and self.is_facilitator == other.is_facilitator
            and self.passes_collections == other.passes_collections
            and self.kind == other.kind
        )

    # What they may have

    def may_read(self, page: Any) -> bool:
        """Whether ``page`` is published, not expired, and open to the reader."""
        if self._has_come_to(page.pk):
            return True
        is_out = page.live and not (page.expire_at and page.expire_at <= timezone.now())
        return bool(is_out) and self.passes_privacy_of(page)

    def passes_privacy_of(self, page: Any) -> bool:
        """Whether the reader passes the restrictions of ``page`` and of the pages above it."""
        return not any(page.path.startswith(path) for path in self._closed_page_paths)

    def readable(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        """``pages``, a queryset of any page type, narrowed to those that ``may_read`` lets in."""
        is_open = Q(live=True) & ~Q(expire_at__lte=timezone.now())
        for path in self._closed_page_paths:
            is_open &= ~Q(path__startswith=path)
        if self.page is not None and self.page.pk:
            is_open |= Q(pk=self.page.pk)
        return pages.filter(is_open)

    def may_have(self, file: Any) -> bool:
        """Whether the reader may have ``file``, a document or a picture."""
        return bool(self.having([file]))

    def may_open(self, file: Any) -> bool:
        """Whether ``file`` is sent to the reader: who may have it, and editors who may change it.

        For editors too a document must be in a collection that is open to them.
        """
        if self.may_have(file):
            return True
        is_document = isinstance(file, get_document_model())
        if is_document and not self.passes_collection_of(file):
            return False
        return file.pk in changeable_by(self.user, [file])

    def having(self, files: Iterable[Any]) -> list[Any]:
        """Those of ``files`` that the reader may have, in few queries whatever their number.

        ``files`` are documents, or they are pictures.
        """
        files = list(files)
        if self._closed_collection_paths:
            prefetch_related_objects(files, "collection")
        found = [file for file in files if self.passes_collection_of(file)]
        if not found or not isinstance(found[0], get_document_model()):
            return found
        kept = self._documents_among({file.pk for file in found})
        return [file for file in found if file.pk in kept]

    def having_by_id(self, model: Any, pks: Iterable[Any]) -> dict[Any, Any]:
        """Of the documents or pictures with the ids ``pks`` those to be had, by id."""
        found = model.objects.filter(pk__in=set(pks)).select_related("collection")
        return {file.pk: file for file in self.having(found)}

    def _documents_among(self, pks: set[int]) -> set[int]:
        """Of the documents ``pks``, in open collections, those that nothing else keeps back."""
        if not pks:
            return set()
        keep = self.restrictions.keep
        if keep is None or not self._is_known_by_kind:
            return self._documents_not_refused(pks)
        key = ("documents", frozenset(pks), self.page and self.page.pk, self.is_facilitator,
               self.passes_collections, self.kind)
        found: set[int] = keep(key, lambda: self._documents_not_refused(pks))
        return found

    @property
    def _is_known_by_kind(self) -> bool:
        """Whether no app can know who reads: nobody is signed in. While a page is built that
        members share, asking would make it the reader's own."""
        if self.request is None:
            return True
        is_shared = getattr(self.request, "has_personal_marks", False)
        return not is_shared and not self.user.is_authenticated

    def _documents_not_refused(self, pks: set[int]) -> set[int]:
        attachment = get_document_model()._meta.get_field("attachments").related_model
        is_open = Exists(self.readable(Page.objects.filter(pk=OuterRef("page"))).order_by())
        rows = attachment.objects.filter(document__in=pks).annotate(is_open=is_open).order_by()
        found = list(rows.values_list("document", "is_open"))
        holding = {document for document, _is_open in found}
        shown = {document for document, is_open in found if is_open}
        # A draft, a withdrawn or a private page gives nobody its files by a guessed address.
        refused = holding - shown
        for rule in registered("refused_documents"):
            refused |= rule(sorted(pks - refused), self)
        return pks - refused

    # Restrictions

    @cached_property
    def _closed_page_paths(self) -> list[str]:
        return [path for r in self.restrictions.of_pages if not self.passes(r) for path in r.paths]

    @cached_property
    def _closed_collection_paths(self) -> list[str]:
        return [r.collection.path for r in self.restrictions.of_collections if not self.passes(r)]

    def passes_collection_of(self, file: Any) -> bool:
        """Whether the reader passes the restrictions of the collection of ``file``."""
        closed = self._closed_collection_paths
        return not closed or not any(file.collection.path.startswith(path) for path in closed)

    def _has_come_to(self, pk: Any) -> bool:
        return self.page is not None and pk is not None and self.page.pk == pk

    @cached_property
    def _implied(self) -> list[Any]:
        """The restrictions that a reader of ``page`` has passed."""
        if self.page is None or not self.page.pk:
            return []
        return self.restrictions.on(self.page)

    def passes(self, restriction: Any) -> bool:
        """Whether the reader passes ``restriction``, of a page or a collection."""
        kind = restriction.restriction_type
        if self.request is not None:
            if kind == restriction.GROUPS:
                if not self.user.is_authenticated:
                    return False  # they are in no group
                users: list[Any] = [self.user]
                prefetch_related_objects(users, "groups")  # once for all restrictions
            return bool(restriction.accept_request(self.request))
        if isinstance(restriction, CollectionViewRestriction) and self.passes_collections:
            return True
        if kind == restriction.NONE:
            return True
        if self.is_facilitator and (
            kind == restriction.LOGIN
            or any(group.name == settings.FACILITATORS_GROUP for group in restriction.groups.all())
        ):
            return True
        return any(_implies(passed, restriction) for passed in self._implied)


class RestrictedPage:
    """Of every page type: a page that was found by its address knows the pages above it, so its
    restrictions are among those that were read."""

    pages_above: list[Any] | None = None  # from the home page down; None where nobody looked

    def get_view_restrictions(self) -> Any:
        if self.pages_above is None:
            return super().get_view_restrictions()  # type: ignore[misc]
        return Restrictions.present().on(self)


def anybody() -> Reader:
    """People who are not signed in."""
    return Reader()


def _implies(passed: Any, asked: Any) -> bool:
    """Whether everybody who passes the restriction ``passed`` also passes ``asked``."""
    if passed.pk == asked.pk and type(passed) is type(asked):
        return True
    if asked.restriction_type == asked.LOGIN:
        return passed.restriction_type in (passed.LOGIN, passed.GROUPS)
    if asked.restriction_type == asked.GROUPS and passed.restriction_type == passed.GROUPS:
        return set(passed.groups.all()) <= set(asked.groups.all())
    return False
