"""Find subdistricts and districts by the names that people type, and list them as choices."""

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


def selectable_areas() -> list[Area]:
    """Districts and subdistricts by geocode, each district before its subdistricts."""
    found = Area.objects.exclude(level=Area.Level.PROVINCE)
    return list(found.select_related("parent__parent").order_by("geocode"))


def area_label(area) -> str:
    """The label of an area in a list of choices, e.g. ``ต.ท่าข้าม อ.หาดใหญ่``."""
    if area.level == Area.Level.DISTRICT:
        return _("%(district)s district") % {"district": area.name}
    return _("%(subdistrict)s, %(district)s") % {
        "subdistrict": area.name, "district": area.parent.name,
    }


def area_choices(areas) -> list:
    """Choices of a select: one group per district, the whole district first."""
    groups = {}
    for area in areas:
        if area.level == Area.Level.DISTRICT:
            groups[area.pk] = (area.name, [(area.geocode, _("The whole district"))])
    for area in areas:
        if area.level == Area.Level.SUBDISTRICT and area.parent_id in groups:
            groups[area.parent_id][1].append((area.geocode, area.name))
    return list(groups.values())


def find_areas(text, areas) -> list[Area]:
    """Those of ``areas`` that ``text`` may mean: none, one, or several with the same name."""
    lowered = text.lower()
    name = _normalized(lowered)
    matching = [area for area in areas if name in _names(area)]
    for pattern, level in LEVELS:
        if pattern.search(lowered):
            matching = [area for area in matching if area.level == level] or matching
    return matching


def _normalized(text) -> str:
    """``text`` in lower case, letters only, without words such as "district"."""
    return re.sub(r"[^a-zก-๎]+", "", TITLES.sub(" ", text.lower()))


def _names(area) -> set[str]:
    """Normalized names of the area: alone, with its district, with district and province."""
    above = area.parent.parent if area.level == Area.Level.SUBDISTRICT else None
    names = set()
    for language in ("name_th", "name_en"):
        name = getattr(area, language)
        if not name:
            continue
        lines = [[name], [name, getattr(area.parent, language)]]
        if above:
            lines.append([name, getattr(area.parent, language), getattr(above, language)])
        names |= {_normalized(" ".join(line)) for line in lines}
    return names
