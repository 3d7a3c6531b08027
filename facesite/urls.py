"""The site's addresses are the gallery's."""

from django.urls import include, path

urlpatterns = [path("", include("gallery.urls"))]
