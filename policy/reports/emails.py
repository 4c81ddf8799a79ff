"""E-mails to parties about reports in their name."""

from django.utils.translation import gettext as _

from hub.email.sending import absolute, send_email
from policy.ledger.clause_party_status import cell_url


def send_report_received(report) -> None:
    """Tell the party that somebody reported in its name through a reminder link."""
    send_email(
        report.party.email, "th", "policy/reports/emails/report_received.txt",
        lambda: _("A report was made in the name of %(party)s") % {"party": report.party.name},
        {"report": report, "party": report.party,
         "url": absolute(cell_url(report.clause_key, report.party))},
    )
