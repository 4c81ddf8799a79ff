"""Word lists of the masking rules: titles, prefixes, months, units. No Django here."""

# Title → replacement for the person. Longer titles come before those they begin with.
TITLES_TH = {
    "นางสาว": "คนหนึ่ง", "นายกเทศมนตรี": "นายกเทศมนตรีคนหนึ่ง", "นายกอบต.": "นายก อบต. คนหนึ่ง",
    "นายก อบต.": "นายก อบต. คนหนึ่ง", "นายก": "นายกคนหนึ่ง", "นาย": "คนหนึ่ง", "นาง": "คนหนึ่ง",
    "น.ส.": "คนหนึ่ง", "นส.": "คนหนึ่ง", "เด็กชาย": "เด็กคนหนึ่ง", "เด็กหญิง": "เด็กคนหนึ่ง",
    "ด.ช.": "เด็กคนหนึ่ง", "ด.ญ.": "เด็กคนหนึ่ง", "ผศ.ดร.": "อาจารย์คนหนึ่ง", "รศ.ดร.": "อาจารย์คนหนึ่ง",
    "ศ.ดร.": "อาจารย์คนหนึ่ง", "ผศ.": "อาจารย์คนหนึ่ง", "รศ.": "อาจารย์คนหนึ่ง", "ดร.": "อาจารย์คนหนึ่ง",
    "ผอ.": "ผู้อำนวยการคนหนึ่ง", "ผู้อำนวยการ": "ผู้อำนวยการคนหนึ่ง", "ปลัด": "ปลัดคนหนึ่ง",
    "สารวัตรกำนัน": "สารวัตรกำนันคนหนึ่ง", "กำนัน": "กำนันคนหนึ่ง", "ผู้ใหญ่บ้าน": "ผู้ใหญ่บ้านคนหนึ่ง",
    "ผู้ใหญ่": "ผู้ใหญ่บ้านคนหนึ่ง", "ผญบ.": "ผู้ใหญ่บ้านคนหนึ่ง", "ส.อบต.": "สมาชิกสภาคนหนึ่ง",
    "สท.": "สมาชิกสภาคนหนึ่ง", "คุณครู": "ครูคนหนึ่ง", "ครูใหญ่": "ครูคนหนึ่ง", "โต๊ะครู": "ครูคนหนึ่ง",
    "พระครู": "พระรูปหนึ่ง", "ครู": "ครูคนหนึ่ง", "พระอาจารย์": "พระรูปหนึ่ง", "อาจารย์": "อาจารย์คนหนึ่ง",
    "หลวงพ่อ": "พระรูปหนึ่ง", "หลวงปู่": "พระรูปหนึ่ง", "พระมหา": "พระรูปหนึ่ง",
    "โต๊ะอิหม่าม": "อิหม่ามคนหนึ่ง", "อิหม่าม": "อิหม่ามคนหนึ่ง", "คุณหมอ": "หมอคนหนึ่ง", "หมอ": "หมอคนหนึ่ง",
    "คุณ": "คนหนึ่ง", "ลุง": "คนหนึ่ง", "ป้า": "คนหนึ่ง", "น้า": "คนหนึ่ง", "พี่": "คนหนึ่ง", "ปู่": "คนหนึ่ง",
    "ย่า": "คนหนึ่ง", "ยาย": "คนหนึ่ง", "บัง": "คนหนึ่ง", "ก๊ะ": "คนหนึ่ง", "เจ๊ะ": "คนหนึ่ง", "แบ": "คนหนึ่ง",
}
# Titles that are followed by a given name alone.
TITLES_WITHOUT_SURNAME = set("ลุง ป้า น้า พี่ ปู่ ย่า ยาย บัง ก๊ะ เจ๊ะ แบ".split())
TITLES_EN = {
    "Mr": "somebody", "Mrs": "somebody", "Ms": "somebody", "Miss": "somebody", "Khun": "somebody",
    "Nai": "somebody", "Nang": "somebody", "Uncle": "somebody", "Auntie": "somebody",
    "Aunt": "somebody", "Grandmother": "somebody", "Grandfather": "somebody", "Bang": "somebody",
    "Ka": "somebody", "Dr": "a doctor", "Doctor": "a doctor", "Nurse": "a nurse",
    "Professor": "a professor", "Prof": "a professor", "Ajarn": "a teacher",
    "Teacher": "a teacher", "Kru": "a teacher", "Headmaster": "a head teacher",
    "Principal": "a head teacher", "Kamnan": "a kamnan", "Headman": "a village head",
    "Village head": "a village head", "Phuyai": "a village head", "Imam": "an imam",
    "Abbot": "an abbot", "Mayor": "a mayor",
}
# Word before the name of a place or institution → replacement for both.
PLACES_TH = {
    "ตำบล": "ตำบลหนึ่ง", "ต.": "ตำบลหนึ่ง", "อำเภอ": "อำเภอหนึ่ง", "อ.": "อำเภอหนึ่ง",
    "กิ่งอำเภอ": "อำเภอหนึ่ง", "หมู่บ้าน": "หมู่บ้านหนึ่ง", "ถนน": "ถนนสายหนึ่ง", "ซอย": "ซอยหนึ่ง",
    "องค์การบริหารส่วนตำบล": "อบต. แห่งหนึ่ง", "อบต.": "อบต. แห่งหนึ่ง",
    "เทศบาลนคร": "เทศบาลแห่งหนึ่ง", "เทศบาลเมือง": "เทศบาลแห่งหนึ่ง",
    "เทศบาลตำบล": "เทศบาลแห่งหนึ่ง", "เทศบาล": "เทศบาลแห่งหนึ่ง", "ทต.": "เทศบาลแห่งหนึ่ง",
    "โรงเรียน": "โรงเรียนแห่งหนึ่ง", "รร.": "โรงเรียนแห่งหนึ่ง", "มัสยิด": "มัสยิดแห่งหนึ่ง",
    "โรงพยาบาลส่งเสริมสุขภาพตำบล": "สถานบริการสุขภาพแห่งหนึ่ง", "รพ.สต.": "สถานบริการสุขภาพแห่งหนึ่ง",
    "โรงพยาบาล": "สถานบริการสุขภาพแห่งหนึ่ง", "รพ.": "สถานบริการสุขภาพแห่งหนึ่ง",
    "มหาวิทยาลัย": "มหาวิทยาลัยแห่งหนึ่ง", "วิทยาลัย": "วิทยาลัยแห่งหนึ่ง", "สหกรณ์": "สหกรณ์แห่งหนึ่ง",
    "บริษัท": "บริษัทแห่งหนึ่ง", "มูลนิธิ": "มูลนิธิแห่งหนึ่ง", "สมาคม": "สมาคมแห่งหนึ่ง",
}
# วัด also means "to measure": it is a temple only after one of these words.
WORDS_BEFORE_TEMPLE = ("ที่", "ใน", "ไป", "จาก", "ถึง", "ข้าง", "หน้า", "ใกล้", "ลาน", "เจ้าอาวาส", "ของ")
LEVELS = {
    "th": {"province": "จังหวัดหนึ่ง", "district": "อำเภอหนึ่ง", "subdistrict": "ตำบลหนึ่ง"},
    "en": {"province": "a province", "district": "a district", "subdistrict": "a subdistrict"},
}
# Areas whose names are everyday words: masked only after a prefix or between spaces.
AMBIGUOUS_AREA_NAMES = {"ประกอบ", "สะท้อน", "คู", "แค", "โรง", "ฉาง", "เปียน", "ปริก", "ทำนบ"}
# Words that end a name: no Thai name contains them. Words that can be a syllable of a name
# (มา, ดี, นา) are left out, so that no name is cut short.
NAME_STOP_WORDS = set(
    "และ กับ หรือ แต่ ของ ใน จาก ถึง ให้ ได้ ว่า เป็น คือ มี อยู่ ไป แล้ว ก็ จะ ด้วย โดย นั้น นี้ ไม่ จึง ซึ่ง ที่ "
    "ถูก บอก เล่า กล่าว พูด ถาม ตอบ เห็น ทำ ช่วย เริ่ม ขอ ชวน พา คิด เชื่อ รู้ ต้อง เคย กำลัง คน หนึ่ง กลุ่ม ทั้ง "
    "เอง เขา เธอ เรา แห่ง สาย ทุก หลาย บาง คนหนึ่ง แห่งหนึ่ง เพราะ เมื่อ ถ้า หาก เพื่อ ยัง ร่วม เข้า ออก ขึ้น "
    "ลง กัน ๆ ใช้ ต่อ จน แต่ละ ไหม ใคร อะไร เท่านั้น ก่อน หลัง รูป ละ ต่าง เดียว อีก อื่น อื่นๆ".split()
)
# Many surnames begin with the words taken out here: มีสุข, อยู่ดี.
SURNAME_STOP_WORDS = NAME_STOP_WORDS - set("มี ทำ ได้ อยู่ ต่าง ยัง เข้า ออก ขึ้น ร่วม ทั้ง".split())
PLACE_STOP_WORDS = NAME_STOP_WORDS | set(
    "เมือง พัก เช่า ใกล้ เลขที่ ตัวเอง เรือน เก่า ความ ระดับ ผล น้ำ ค่า ขนาด ชุมชน ท้องถิ่น จังหวัด ตำบล อำเภอ "
    "เด็ก ผู้ เล็ก ใหญ่ เดิม นอก ริม หมู่บ้าน นาม ประจำ เอกชน รัฐ จำกัด ประมง แม่ข่าย ศูนย์ หลังนี้ "
    "หลังนั้น หลังละ ฝาก หาย ถือ เก็บ จ่าย ซื้อ "
    "พัง ไหม้ ท่วม น้ำท่วม จม ร้าง ว่าง ช่อง สวน ไร่ นา มัก จัด รวม ดู เพียง เช้า เย็น "
    "ค่ำ คืน ไหน ใด ฉัน ผม พ่อ แม่ ลูก พี่ น้อง เพื่อน ญาติ ครู ประธาน สมาชิก กรรมการ".split()
)
MONTHS_TH = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม "
    "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
).split()
MONTHS_EN = (
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec"
).split()
NUMBERS_TH = {
    "หนึ่ง": 1, "เอ็ด": 1, "สอง": 2, "ยี่": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8,
    "เก้า": 9, "สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10_000, "แสน": 100_000,
    "ล้าน": 1_000_000,
}
NUMBERS_EN = dict(zip(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million".split(),
    [*range(1, 21), *range(30, 100, 10), 100, 1000, 1_000_000], strict=True,
))
PEOPLE_TH = {"คน": "คน", "ราย": "ราย", "ท่าน": "คน", "ครัวเรือน": "ครัวเรือน", "ครอบครัว": "ครอบครัว",
             "หลังคาเรือน": "ครัวเรือน"}
PEOPLE_EN = ("people persons households families members villagers residents participants "
             "volunteers children women men elders fishers farmers students").split()
REPLACEMENTS = {
    "th": {
        "name": "คนหนึ่ง", "organisation": "องค์กรแห่งหนึ่ง", "word": "[ปิดไว้]",
        "phone": "[หมายเลขโทรศัพท์]", "email": "[อีเมล]",
        "address": "[ที่อยู่เว็บ]", "account": "[ชื่อบัญชี]", "number": "[เลขประจำตัว]",
        "house": "[บ้านเลขที่]", "village": "หมู่บ้านหนึ่ง", "place": "[พิกัด]", "day": "วันหนึ่ง",
        "year": "ปี {year}", "temple": "วัดแห่งหนึ่ง", "of": "{what}ใน{province}",
        "money": ["หลักสิบบาท", "หลักร้อยบาท", "หลักพันบาท", "หลักหมื่นบาท", "หลักแสนบาท", "หลักล้านบาท"],
        "people": ["ไม่กี่{unit}", "หลายสิบ{unit}", "หลายร้อย{unit}", "หลายพัน{unit}", "หลายหมื่น{unit}"],
    },
    "en": {
        "name": "somebody", "organisation": "an organisation", "word": "[withheld]",
        "phone": "[phone number]", "email": "[e-mail]",
        "address": "[web address]", "account": "[account name]", "number": "[identity number]",
        "house": "[house number]", "village": "a village", "place": "[location]",
        "day": "one day", "year": "{year}", "temple": "a temple", "of": "{what} in {province}",
        "money": ["tens of baht", "hundreds of baht", "thousands of baht",
                  "tens of thousands of baht", "hundreds of thousands of baht",
                  "millions of baht"],
        "people": ["a few {unit}", "dozens of {unit}", "hundreds of {unit}", "thousands of {unit}",
                   "tens of thousands of {unit}"],
    },
}
