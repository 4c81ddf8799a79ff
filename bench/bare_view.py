"""A Django view that does nothing, to hold the hub's requests per second against."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[]
    )
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
application = get_wsgi_application()
