"""Word lists of the masking rules for English. No Django here."""

TITLES_EN = {
    "Mr": "somebody", "Mrs": "somebody", "Ms": "somebody", "Miss": "somebody", "Khun": "somebody",
    "Nai": "somebody", "Nang": "somebody", "Uncle": "somebody", "Auntie": "somebody",
    "Aunt": "somebody", "Grandmother": "somebody", "Grandfather": "somebody", "Bang": "somebody",
    "Grandma": "somebody", "Grandpa": "somebody", "Pa": "somebody", "Lung": "somebody",
    "Ka": "somebody", "Kah": "somebody", "Jeh": "somebody", "Sister": "somebody",
    "Brother": "somebody", "Phi": "somebody", "Nong": "somebody", "Ta": "somebody",
    "Dr": "a doctor", "Doctor": "a doctor", "Nurse": "a nurse", "nurse": "a nurse",
    "doctor": "a doctor", "Midwife": "a midwife", "Pharmacist": "a pharmacist",
    "Professor": "a professor", "Prof": "a professor", "Ajarn": "a teacher", "Ajahn": "a teacher",
    "Teacher": "a teacher", "teacher": "a teacher", "Kru": "a teacher", "Coach": "a coach",
    "Headmaster": "a head teacher", "Headmistress": "a head teacher",
    "headmaster": "a head teacher",
    "Principal": "a head teacher", "Director": "a director", "Kamnan": "a kamnan",
    "Headman": "a village head", "headman": "a village head", "Village head": "a village head",
    "Village Head": "a village head", "Phuyai": "a village head", "Imam": "an imam",
    "Abbot": "an abbot", "abbot": "an abbot", "Phra": "a monk", "Luang Pho": "a monk",
    "Luang Por": "a monk", "Luang Pu": "a monk", "Venerable": "a monk", "Mayor": "a mayor",
    "mayor": "a mayor", "Lawyer": "a lawyer", "lawyer": "a lawyer", "Judge": "a judge",
    "Officer": "an officer", "Captain": "an officer", "Sergeant": "an officer",
    "Inspector": "an officer", "Chairman": "a chairperson", "Chairwoman": "a chairperson",
    "Treasurer": "a treasurer", "treasurer": "a treasurer", "Chair": "a chairperson",
}
# The last word of a name → the noun of its stand-in.
HEADS = {
    "School": "school", "Temple": "temple", "Hospital": "hospital", "University": "university",
    "College": "college", "Municipality": "municipality", "municipality": "municipality",
    "Subdistrict": "subdistrict", "subdistrict": "subdistrict", "sub-district": "subdistrict",
    "District": "district", "district": "district", "Village": "village", "village": "village",
    "Cooperative": "cooperative", "cooperative": "cooperative", "Foundation": "foundation",
    "Mosque": "mosque", "mosque": "mosque", "Bank": "bank", "Hotel": "hotel", "Resort": "resort",
    "Market": "market", "market": "market", "Community": "community", "community": "community",
    "Health Centre": "health centre", "Health Center": "health centre", "Clinic": "clinic",
    "Police Station": "police station", "police station": "police station",
    "Community School": "school", "School District": "district", "Court": "court",
    "Road": "road", "Street": "street", "Lane": "lane", "Bridge": "bridge", "bridge": "bridge",
    "canal": "canal", "Canal": "canal", "river": "river", "River": "river", "lake": "lake",
    "Lake": "lake", "island": "island", "Island": "island", "beach": "beach", "Beach": "beach",
    "waterfall": "waterfall", "Waterfall": "waterfall", "junction": "junction",
    "Junction": "junction", "pier": "pier", "Pier": "pier", "Bay": "bay", "bay": "bay",
    "Association": "association", "Network": "network", "Club": "club", "Fund": "fund",
    "fund": "fund", "Group": "group", "group": "group", "Company": "company", "Shop": "shop",
    "shop": "shop", "Restaurant": "restaurant", "Garage": "garage", "Newspaper": "newspaper",
    "Centre": "centre", "Center": "centre", "Office": "office", "Enterprise": "enterprise",
    "Union": "union", "Factory": "factory", "Pondok": "school",
}
PLACE_PREFIXES = {
    "Ban": "village", "Baan": "village", "Moo Ban": "village", "Tambon": "subdistrict",
    "Amphoe": "district", "Wat": "temple", "Khlong": "canal", "Klong": "canal", "Ko": "island",
    "Koh": "island", "Khao": "hill", "Laem": "cape", "Soi": "lane", "Thanon": "road",
    "Masjid": "mosque", "Khuan": "place", "Thung": "place", "Had": "beach",
}
# Written with a capital, and no name that identifies anybody. Provinces may be read.
ALLOWED = set(
    "I Thai Thailand Songkhla Bangkok Phatthalung Phattalung Trang Satun Pattani Yala Narathiwat "
    "Nakhon Phuket Krabi Malaysia Malay Malaysian Chinese English Japanese Asia ASEAN Europe "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept "
    "Oct Nov Dec LINE Line Facebook YouTube TikTok Instagram Google Excel Word Internet Wi-Fi "
    "Buddhist Buddha Muslim Islam Islamic Quran Ramadan Songkran Eid Hari Raya COVID Covid "
    "Lake Model Models JavaScript Hub Creative "
    "Commons ID AM PM OK TV PDF QR SMS GPS Moo Buddhism South Southern Gulf Christmas God".split()
)
# Words that begin sentences and are no names.
STARTERS = set(
    "A An The This That These Those There Here We I He She It They You Our My His Her Its Their "
    "Your Who What When Where Why How Which If Unless Until While Because Since As Although Though "
    "After Before During Then Now Later Today Yesterday Tomorrow Once Twice Again Soon Still Yet "
    "Also Even Only Just Not No Never Always Often Sometimes Usually Perhaps Maybe Instead "
    "However Therefore Otherwise And But Or So For From In On At By With Without To Of Near "
    "Under Over Between Among Behind Beside Outside Inside Within Through Across Along Against "
    "About Around Like Up Down Out Off Into Nobody Somebody Everybody Anybody Someone Everyone "
    "Anyone Nothing Something Everything Anything All Any Both Each Either Every Few Half Many "
    "Most Much Neither None One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Twenty "
    "Thirty Forty Fifty Sixty Seventy Eighty Ninety Hundred Hundreds Thousand Thousands Dozens "
    "Other Others Another Same Such Several Some First Second Third Last Next New Old Young Big "
    "Small Good Bad Black White Red Green Blue Yellow Local Poor Rich People Women Men Children "
    "Girls Boys Members Villagers Farmers Fishers Parents Pupils Students Teachers Elders "
    "Volunteers Neighbours Families Households Officials Officers Visitors Water Money Rice Fish "
    "Smoke Rain Food Fire Wind Salt Oil Sand Mud Waste Rubbish Rubber Land Work Time Trust Half "
    "Questions Borrowers Sellers Buyers Customers Police Doctors Nurses Ask Bring Build Buy Call "
    "Change Check Choose Clean Come Compare Count Cut Decide Do Does Did Don Draw Dry Eat Explain "
    "Feed Find Finish Fix Follow Get Give Go Grow Have Has Had Help Hold Invite Is Are Was Were "
    "Be Keep Know Lead Learn Leave Lend Let Listen Look Make Mark Measure Meet Move Note Open "
    "Order Pay Plan Plant Prepare Print Protect Put Read Remember Repair Return Save Say See Sell "
    "Send Set Share Show Sign Sit Sort Speak Start Stay Stop Store Take Talk Teach Tell Test Think "
    "Tie Train Treat Try Turn Use Visit Wait Walk Wash Watch Weigh Work Write Black Early Late "
    "Borrowed Lessons Lesson Meeting Meetings Book Books Bees Crabs Tents Trees Nets Boats Money "
    "Prices Floods Flood Drinking Mangroves Drought Failure Success Why Thanks Please Yes Each "
    "Chairman Treasurer Secretary Headman Mayor Committee Group Fund Village Community Temple "
    "School Hospital Market".split()
)
# After a first word, these tell that it is somebody.
VERBS_AFTER_NAMES = set(
    "had was is has said says gave told left wrote resigned fainted cried kept took went came "
    "asked answered agreed refused thought knew lost found paid sold bought helped called warned "
    "complained forgot fell died moved signed opened borrowed lent who did could would will "
    "wanted believed felt saw heard got made ran stayed returned looked and".split()
)
