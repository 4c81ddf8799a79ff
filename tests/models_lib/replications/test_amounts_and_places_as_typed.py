"""Reading amounts and places as people type them."""

import pytest
from django.utils.translation import override

from models_lib.replications.amounts import whole_number
from models_lib.replications.area_lookup import (
    area_choices,
    area_label,
    find_areas,
    selectable_areas,
)


@pytest.mark.parametrize(("typed", "number"), [
    ("12500", 12500), ("12,500", 12500), ("๑๒,๕๐๐ บาท", 12500), ("ประมาณ 3 000", 3000),
    ("12,500.00", 12500), ("12,500.-", 12500), ("฿900", 900), ("๔๒ ครัวเรือน", 42), ("0", 0),
])
def test_amounts_are_read(typed, number):
    assert whole_number(typed) == number


@pytest.mark.parametrize("typed", ["", "สองหมื่น", "-5", "12.5", "1e5", "2147483648", "5-6"])
def test_text_that_is_no_amount_is_rejected(typed):
    with pytest.raises(ValueError):
        whole_number(typed)


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "codes"), [
    ("ต.ท่าข้าม อ.หาดใหญ่", ["901113"]), ("ท่าข้าม", ["901113"]), ("ตำบลท่าข้าม", ["901113"]),
    ("ท่าข้าม หาดใหญ่ จ.สงขลา", ["901113"]), ("Tha Kham, Hat Yai", ["901113"]),
    ("tha kham", ["901113"]), ("อ.หาดใหญ่", ["9011"]), ("ต.หาดใหญ่", ["901101"]),
    ("หาดใหญ่", ["9011", "901101"]), ("สะกอม", ["900304", "900507"]),
    ("สะกอม เทพา", ["900507"]), ("Hat Yai district", ["9011"]), ("กรุงเทพ", []), ("...", []),
])
def test_places_are_found_by_their_names(hub, typed, codes):
    found = find_areas(typed, selectable_areas())
    assert sorted(area.geocode for area in found) == codes


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_offered_label_is_found_again(hub, language):
    areas = selectable_areas()
    with override(language):
        for area in areas:
            assert find_areas(area_label(area), areas) == [area]
        offered = [code for _district, choices in area_choices(areas)
                   for code, _name in choices]
    assert sorted(offered) == [area.geocode for area in areas]
