"""The forms of the editor as somebody sends them who fills in half and chooses what is closed."""

from urllib.parse import urljoin

from lxml import html


def forms_in(text, url, ids) -> list[tuple[str, dict]]:
    """The forms of a page as somebody fills in half of them: (address, values).

    Names and titles are emptied, choosers and each empty row choose what belongs to the lesson.
    """
    if "<form" not in text:
        return []
    found = []
    for form in html.document_fromstring(text).iter("form"):
        if form.get("method", "").lower() != "post":
            continue
        values = {}
        for name, value in form.form_values():
            if name != "csrfmiddlewaretoken":
                values.setdefault(name, []).append(value)
        for field in list(form.inputs):
            if field.name and field.get("type") == "text" and "required" in field.attrib:
                values[field.name] = [""]
        for name in [name for name in values if name.endswith("TOTAL_FORMS")]:
            count = int(values[name][0] or 0)
            prefix = name.removesuffix("TOTAL_FORMS")
            rows = [field for field in values if field.startswith(f"{prefix}__prefix__")]
            for field in rows:
                values[field.replace("__prefix__", str(count))] = values.pop(field)
            values[name] = [str(count + bool(rows))]
        for stream in form.xpath(".//*[@data-block]/@id"):
            values.setdefault(f"{stream}-count", ["0"])  # its blocks are written by a script
        for chooser in form.xpath(".//*[@data-chooser-url]"):
            [field] = chooser.xpath("following-sibling::input[@name]|.//input[@name]")[:1] or [None]
            if field is not None:
                name = field.get("name")
                for prefix in {n.removesuffix("TOTAL_FORMS") for n in values
                               if n.endswith("TOTAL_FORMS")}:
                    count = int(values[f"{prefix}TOTAL_FORMS"][0])
                    name = name.replace(f"{prefix}__prefix__", f"{prefix}{count - 1}")
                values[name] = [_chosen(chooser.get("data-chooser-url"), ids)]
        found.append((urljoin(url, form.get("action") or ""), values))
    return found


def _chosen(chooser, ids) -> str:
    for part, label in (("choose-page", "wagtailcore.page"), ("documents", "hub.hubdocument"),
                        ("images", "hub.hubimage")):
        if part in chooser:
            return str(ids[label][0])
    return ""
