"""The public data of a curriculum as JSON-LD, in the terms of schema.org and LRMI."""

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from hub.access.readers import anybody
from hub.chain.relations import Relation
from hub.email.sending import absolute
from hub.export.tables import json_document
from hub.pages.licences import licence_address
from hub.pages.sections import block_texts
from hub.web.navigation import frame_of, site_of

MEDIA_TYPES = {  # by file extension, for encodingFormat
    "pdf": "application/pdf", "txt": "text/plain", "csv": "text/csv", "html": "text/html",
    "htm": "text/html", "rtf": "application/rtf", "zip": "application/zip",
    "epub": "application/epub+zip", "doc": "application/msword",
    "ppt": "application/vnd.ms-powerpoint", "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "mp4": "video/mp4",
}


def duration(minutes) -> str:
    """Minutes as an ISO 8601 duration: PT1H30M."""
    hours, rest = divmod(int(minutes), 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def course_data(page, request, chain=None, handouts=None, translations=None) -> dict:
    """``page`` as a schema.org Course; properties without a value are left out.

    The caller may have ``chain`` as of ``page.chain_for_readers``, ``handouts`` as of
    ``page.public_handouts``, and ``translations``, those that anybody may read.
    """
    language = page.locale.language_code
    url = _address(page.get_url(request), request)
    version = page.current_version
    handouts = page.public_handouts if handouts is None else handouts
    if translations is None:
        translations = anybody().readable(page.get_translations()).select_related("locale")
    chain = page.chain_for_readers() if chain is None else chain
    data = {
        "@context": "https://schema.org",
        "@type": ["Course", "LearningResource"],
        "@id": url,
        "url": url,
        "name": page.title,
        "description": _description(page),
        "abstract": page.summary,
        "learningResourceType": "curriculum",
        "inLanguage": language,
        "license": licence_address(page.licence),
        "isAccessibleForFree": True,
        "version": version.number if version else None,
        "datePublished": _day(page.first_published_at),
        "dateModified": _day(version.published_at if version else page.last_published_at),
        "provider": {"@type": "Organization", "name": _hub_name(request, language)},
        "author": [_person(person) for person in page.contributors.all()],
        "about": [{"@type": "Thing", "name": topic.name} for topic in page.topics.all()],
        "spatialCoverage": [{"@type": "Place", "name": str(a)} for a in page.areas.all()],
        "audience": {
            "@type": "EducationalAudience", "educationalRole": "learner",
            "audienceType": page.audience,
        },
        "teaches": _items(page, "competences"),
        "competencyRequired": page.prerequisites,
        "coursePrerequisites": page.prerequisites,
        "assesses": page.assessment,
        "timeRequired": duration(page.minutes) if page.minutes else None,
        "hasPart": [
            *[_session(number, session, url, [h for h in handouts if h.session_number == number],
                       request)
              for number, session in enumerate(page.sessions.all(), 1)],
            *[_handout(h, request) for h in handouts if not h.session_number],
        ],
        "citation": [_cited(step, request) for step in chain.get(Relation.TEACHES, [])],
        "isBasedOn": [_cited(step, request) for step in chain.get(Relation.RESTS_ON, [])],
        "workTranslation": [
            {"@type": "Course", "inLanguage": translation.locale.language_code,
             "name": translation.title, "url": _address(translation.get_url(request), request)}
            for translation in translations
        ],
    }
    return _without_empty(data)


def json_response(request, page) -> JsonResponse:
    """What everybody may read of ``page``, as JSON-LD in the terms of schema.org."""
    page.keep_rows()
    response = json_document(course_data(page, request), indent=2)
    response["Content-Type"] = "application/ld+json; charset=utf-8"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _session(number, session, url, handouts, request) -> dict:
    return _without_empty({
        "@type": "LearningResource", "learningResourceType": "session", "position": number,
        "name": session.title, "url": f"{url}#{session.anchor}", "description": session.aim,
        "timeRequired": duration(session.minutes), "material": session.material_names,
        "text": session.plan, "hasPart": [_handout(h, request) for h in handouts],
    })


def _handout(handout, request) -> dict:
    document = handout.document
    return _without_empty({
        "@type": ["LearningResource", "MediaObject"], "learningResourceType": "handout",
        "name": document.title, "description": handout.purpose,
        "encodingFormat": MEDIA_TYPES.get(document.file_extension.lower()),
        "contentSize": str(document.file_size or ""),
        "contentUrl": _address(document.url, request),
        "license": licence_address(handout.licence_code),
    })


def _cited(step, request) -> dict:
    number = step.link.version if step.page.pk == step.link.target_id else None
    url = _address(step.page.get_url(request), request)
    return _without_empty({
        "@type": "CreativeWork", "name": step.page.title, "version": number,
        "url": f"{url}v/{number}/" if number else url,
    })


def _description(page) -> str:
    return "\n".join([page.summary, *_items(page, "aims")])


def _items(page, name) -> list[str]:
    value = getattr(page, name)
    return block_texts(page._meta.get_field(name).stream_block, value) if value else []


def _person(person) -> dict:
    organisation = person.affiliation and {"@type": "Organization", "name": person.affiliation}
    if not person.name:
        return organisation
    return _without_empty({"@type": "Person", "name": person.name, "affiliation": organisation})


def _hub_name(request, language) -> str:
    own = "" if language == settings.LANGUAGE_CODE else frame_of(request, language).name
    return own or settings.WAGTAIL_SITE_NAME


def _address(path, request) -> str:
    return iri_to_uri(path if "://" in path else absolute(path, site_of(request)))


def _day(moment):
    return timezone.localtime(moment).date().isoformat() if moment else None


def _without_empty(data) -> dict:
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}
