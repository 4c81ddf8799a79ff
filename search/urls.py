from django.urls import path

from hub.email import subscription_views
from search.alerts import views as alert_views
from search.alerts.feed import feed
from search.query import views

urlpatterns = [
    path("", views.results, name="search"),
    path("suggest/", views.suggestions, name="search_suggest"),
    path("feed/", feed, name="search_feed"),
    path("alert/", alert_views.new, name="search_alert"),
    path("alert/asked/", alert_views.requested, name="search_alert_requested"),
    path("alert/confirm/<str:token>/", subscription_views.confirm, alert_views.EMAIL_LINKS,
         name="search_alert_confirm"),
    path("alert/stop/<str:token>/", subscription_views.stop, alert_views.EMAIL_LINKS,
         name="search_alert_stop"),
]
