"""E-mails to those who report replications."""

from wagtail.models import Site

from hub.email.sending import absolute, send_email_to_user


def email_reporter(report, template, subject, comment="") -> None:
    """E-mail the reporter of ``report``; ``comment`` is what the moderator wrote.

    ``template`` is the name of a file in ``models_lib/replications/emails``, without ``.txt``.
    """
    page = report.page
    send_email_to_user(report.reporter, f"models_lib/replications/emails/{template}.txt", subject, {
        "who": report.answers.get("who", ""), "model": report.model.title,
        "comment": comment.strip(), "page_url": _full_url(page) if page else "",
        "report_url": _full_url(report.model)
        + report.model.reverse_subpage("continue_report", [report.key]),
    })


def _full_url(page) -> str:
    """The address of ``page`` with its domain; empty if the page is below no site."""
    if parts := page.get_url_parts():
        return absolute(parts[2], Site.objects.get(pk=parts[0]))
    return ""
