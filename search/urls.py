from django.urls import path

from hub import subscription_views
from search import alert_views, views
from search.feed import feed

urlpatterns = [
    path("", views.results, name="search"),
    path("suggest/", views.suggestions, name="search_suggest"),
    path("feed/", feed, name="search_feed"),
    path("alert/", alert_views.new, name="search_alert"),
    path("alert/asked/", alert_views.asked, name="search_alert_asked"),
    path("alert/confirm/<str:token>/", subscription_views.confirm, alert_views.FROM_LETTERS,
         name="search_alert_confirm"),
    path("alert/stop/<str:token>/", subscription_views.stop, alert_views.FROM_LETTERS,
         name="search_alert_stop"),
]
