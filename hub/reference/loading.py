"""Reference data every hub starts with: Songkhla's areas, the strategy's topics, the site.

Areas: the province, its 16 districts and 127 subdistricts by the official geocodes of the
Department of Provincial Administration; the subdistricts' names as listed by the MIT-licensed
thailand-geography-json. Topics: the groups and issues that the foundation's strategy page names.
"""

import csv
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Task,
    Workflow,
)
from wagtail.search.backends import get_search_backends

from hub.changelog.recording import record
from hub.hooks import registered
from hub.models import Area, HomePage, Topic

AREAS = Path(__file__).with_name("songkhla_areas.csv")  # geocode, name_th, name_en
GROUPS_OF_PEOPLE = [
    ("children-youth", "เด็กและเยาวชน", "Children and youth"),
    ("elders", "ผู้สูงอายุ", "Elders"),
    ("disabled", "ผู้พิการ", "People with disabilities"),
    ("women", "สตรี", "Women"),
    ("labour", "แรงงาน", "Labour"),
    ("informal-workers", "แรงงานนอกระบบ", "Informal workers"),
    ("consumers", "ผู้บริโภค", "Consumers"),
    ("underprivileged", "ผู้ด้อยโอกาส", "Underprivileged people"),
    ("farmers", "เกษตรกร", "Farmers"),
    ("fishers", "ชาวประมง", "Fishers"),
]
ISSUES = [
    ("education", "การศึกษา", "Education"),
    ("environment", "สิ่งแวดล้อม", "Environment"),
    ("culture", "วัฒนธรรม", "Culture"),
    ("health", "สุขภาพ", "Health"),
    ("human-rights", "สิทธิมนุษยชน", "Human rights"),
    ("public-media", "สื่อสารสาธารณะ", "Public communication"),
    ("drugs", "ยาเสพติด", "Drugs"),
    ("doing-good", "ส่งเสริมความดี", "Promoting good deeds"),
    ("consumer-rights", "สิทธิผู้บริโภค", "Consumer rights"),
    ("agriculture", "เกษตรกรรม", "Agriculture"),
    ("disaster", "อุบัติภัย", "Disasters"),
    ("public-policy", "นโยบายสาธารณะ", "Public policy"),
    ("nonprofit-management", "การบริหารองค์กรสาธารณประโยชน์", "Nonprofit management"),
    ("giving", "การให้", "Giving"),
]


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Add what is missing and leave what is there alone; returns how many were added."""
    added = {"areas": 0, "topics": 0, "locales": 0, "homes": 0}
    added["areas"] = _areas()
    for kind, topics in ((Topic.Kind.GROUP, GROUPS_OF_PEOPLE), (Topic.Kind.ISSUE, ISSUES)):
        for order, (slug, name_th, name_en) in enumerate(topics, 1):
            values = {
                "name_th": name_th, "name_en": name_en, "kind": kind, "sort_order": order * 10,
            }
            _topic, created = Topic.objects.get_or_create(slug=slug, defaults=values)
            added["topics"] += created
    for code, _name in settings.LANGUAGES:
        _locale, created = Locale.objects.get_or_create(language_code=code)
        added["locales"] += created
    added["homes"] = _home_pages()
    _site_address()
    _groups()
    _workflow()
    for load in registered("load_reference_data"):
        added |= load(added)
    return added


def add_all(model, objects) -> int:
    """Save new ``objects`` in bulk and index them for editors; returns how many.

    Saved one by one, each would be a commit of the editors' index.
    """
    model.objects.bulk_create(objects)
    for backend in get_search_backends():
        backend.add_bulk(model, objects)
    if objects:
        record("site")
    return len(objects)


def _areas() -> int:
    rows = list(csv.DictReader(AREAS.read_text("utf-8").splitlines()))
    added = 0
    for digits in Area.LEVELS:  # parents first
        known = {area.geocode: area for area in Area.objects.all()}
        wanted = [
            Area(
                **row, level=Area.LEVELS[digits], parent=known.get(row["geocode"][:-2]),
            )
            for row in rows if len(row["geocode"]) == digits and row["geocode"] not in known
        ]
        added += add_all(Area, wanted)
    return added


def _home_pages() -> int:
    """A Thai home page as the site's root and its English twin, when there is none yet."""
    if HomePage.objects.exists():
        return 0
    root = Page.get_first_root_node()
    thai = Locale.objects.get(language_code="th")
    english = Locale.objects.get(language_code="en")
    # Wagtail's own welcome page has no content.
    welcome = Page.objects.filter(depth=2, slug="home").exact_type(Page)
    home = HomePage(title=settings.WAGTAIL_SITE_NAME, slug="home-th", locale=thai)
    root.add_child(instance=home)
    twin = HomePage(
        title="Songkhla Community Knowledge Hub", slug="home-en", locale=english,
        translation_key=home.translation_key,
    )
    root.add_child(instance=twin)
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    site.root_page = home
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.save()
    for page in welcome:
        page.delete()
    return 2


def _site_address() -> None:
    """Let a site that still has Wagtail's address answer to the hub's own, for links in mails."""
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    port = address.port or {"http": 80, "https": 443}[address.scheme]
    for site in Site.objects.filter(is_default_site=True, hostname="localhost"):
        if (site.hostname, site.port) != (address.hostname, port):
            site.hostname, site.port = address.hostname, port
            site.save()


def _workflow() -> None:
    """Give Wagtail's own workflow a name that its editors read, where nobody has named it yet."""
    for kind in (Workflow, Task):
        kind.objects.filter(name="Moderators approval").update(name="ผู้ตรวจ")


def _groups() -> None:
    """Wagtail's Editors and Moderators may work below both home pages; facilitators may sign in."""
    Group.objects.get_or_create(name=settings.FACILITATORS_GROUP)
    rights = {
        "Editors": ["add_page", "change_page"],
        "Moderators": ["add_page", "change_page", "publish_page"],
    }
    snippets = Permission.objects.filter(
        content_type__app_label__in=["hub", "models_lib", "policy", "search"],
        content_type__model__in=["topic", "area", "party", "clausereport", "glossaryterm",
                                 "skill", "communitygroup", "areafeature"],
    )
    media = Permission.objects.filter(
        content_type__app_label="hub", content_type__model__in=["hubdocument", "hubimage"],
        codename__regex="^(add|change|choose)_",
    )
    # Not its memberships: whoever sets them decides who reads closed lessons.
    organisations = Permission.objects.filter(
        content_type__app_label="hub", content_type__model="organisation"
    )
    access = Permission.objects.filter(codename="access_admin")
    collections = Collection.get_first_root_node()
    for name, codenames in rights.items():
        group, created = Group.objects.get_or_create(name=name)
        if not created and group.page_permissions.filter(
            page__in=HomePage.objects.all()
        ).exists():
            continue
        group.permissions.add(*access, *snippets)
        if name == "Moderators":
            group.permissions.add(*organisations)
        for permission in media:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collections, permission=permission
            )
        for home in HomePage.objects.all():
            for codename in codenames:
                GroupPagePermission.objects.get_or_create(
                    group=group, page=home, permission=Permission.objects.get(codename=codename)
                )
