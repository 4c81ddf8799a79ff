"""Subdistricts and districts by the names that people type, and as lists to choose from."""

import re

from django.utils.translation import gettext as _

from hub.models import Area

TITLES = re.compile(
    r"ทั้งอำเภอ|ตำบล|ต\.|อำเภอ|อ\.|จังหวัด|จ\.|subdistrict|district|tambon|amphoe|province"
)
LEVELS = [
    (re.compile(r"^\s*(?:ตำบล|ต\.|tambon)|subdistrict\s*$"), Area.Level.SUBDISTRICT),
    (re.compile(r"^\s*(?:ทั้งอำเภอ|อำเภอ|อ\.|amphoe)|(?<!sub)district\s*$"), Area.Level.DISTRICT),
]


def areas() -> list[Area]:
    """Districts and subdistricts with what is above them, each district before its own."""
    found = Area.objects.exclude(level=Area.Level.PROVINCE)
    return list(found.select_related("parent__parent").order_by("geocode"))


def label_of(area) -> str:
    """How an area is shown to be chosen, e.g. ``ต.ท่าข้าม อ.หาดใหญ่``."""
    if area.level == Area.Level.DISTRICT:
        return _("%(district)s district") % {"district": area.name}
    return _("%(subdistrict)s, %(district)s") % {
        "subdistrict": area.name, "district": area.parent.name,
    }


def choices(found) -> list:
    """For a select: one group per district, the whole district first."""
    groups = {}
    for area in found:
        if area.level == Area.Level.DISTRICT:
            groups[area.pk] = (area.name, [(area.geocode, _("The whole district"))])
    for area in found:
        if area.level == Area.Level.SUBDISTRICT and area.parent_id in groups:
            groups[area.parent_id][1].append((area.geocode, area.name))
    return list(groups.values())


def named(text, found) -> list[Area]:
    """Those of the areas ``found`` that ``text`` may mean; none, one, or several of one name."""
    lowered = text.lower()
    wanted = _bare(lowered)
    fitting = [area for area in found if wanted in _names(area)]
    for pattern, level in LEVELS:
        if pattern.search(lowered):
            fitting = [area for area in fitting if area.level == level] or fitting
    return fitting


def _bare(text) -> str:
    """Letters only, without the words for the levels."""
    return re.sub(r"[^a-zก-๎]+", "", TITLES.sub(" ", text.lower()))


def _names(area) -> set[str]:
    """The area alone, with its district, and with the province behind either."""
    above = area.parent.parent if area.level == Area.Level.SUBDISTRICT else None
    names = set()
    for language in ("name_th", "name_en"):
        name = getattr(area, language)
        if not name:
            continue
        lines = [[name], [name, getattr(area.parent, language)]]
        if above:
            lines.append([name, getattr(area.parent, language), getattr(above, language)])
        names |= {_bare(" ".join(line)) for line in lines}
    return names
