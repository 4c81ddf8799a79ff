from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self):
        from policy.deliberation import routes as deliberation_routes
        from policy.deliberation import signals as deliberation_signals
        from policy.ledger import signals as ledger_signals
        from policy.process import routes as process_routes
        from policy.register import routes as register_routes

        for routes in (deliberation_routes, process_routes, register_routes):
            routes.register_routes()
        for signals in (deliberation_signals, ledger_signals):
            signals.connect()
