"""Which version of a page a chain link was written from, and whether a newer one is out."""

from dataclasses import dataclass

from hub.models import ChainLink, KnowledgePage


@dataclass(frozen=True)
class CitedVersion:
    """``url`` is the page's address, to which ``v/3/`` is added; "" where it may not be opened."""

    number: int
    latest: int
    url: str

    @property
    def is_old(self) -> bool:
        return self.number < self.latest


def version_of_link(step, request=None) -> CitedVersion | None:
    """The version that ``step.link`` cites as its reader is to see it; None where none is said.

    Numbers count in the language that was cited, which need not be that of ``step.page``.
    """
    link = step.link
    if link.version is None:
        return None
    if not hasattr(link, "latest_version"):
        visible = KnowledgePage.objects.open_to_all()
        link = ChainLink.objects.with_latest_versions(visible).get(pk=link.pk)
    latest = link.latest_version
    if latest is None or link.version > latest:
        return None
    url = link.target.get_url(request) or "" if link.target_is_visible else ""
    return CitedVersion(link.version, latest, url)
