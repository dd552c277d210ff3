"""Pages of contacts."""

from django.urls import include, path

from tradewind.contacts.views import listing, person, scores, suggestions, tags

pages = [
    path("contacts/", listing.index, name="list"),
    path("contacts/new/", listing.add, name="new"),
    path("contacts/tags/", tags.index, name="tags"),
    path("contacts/tags/<str:tag>/delete/", tags.delete, name="delete_tag"),
    path("contacts/suggestions/<str:suggestion>/", suggestions.decide, name="suggestion"),
    path("contacts/scores/", scores.settings, name="scores"),
    path("contacts/<str:contact>/", person.show, name="show"),
    path("contacts/<str:contact>/edit/", person.edit, name="edit"),
    path("contacts/<str:contact>/fields/", person.set_field, name="set_field"),
    path("contacts/<str:contact>/tags/", person.add_tag, name="add_tag"),
    path("contacts/<str:contact>/tags/<str:tag>/remove/", person.remove_tag, name="remove_tag"),
    path("contacts/<str:contact>/consent/", person.consent, name="consent"),
    path("contacts/<str:contact>/suppression/", person.suppression, name="suppression"),
]

urlpatterns = [path("", include((pages, "contacts")))]
