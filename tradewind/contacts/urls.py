"""Pages of contacts."""

from django.urls import include, path

from tradewind.contacts.views import batches, doubles, imports, listing, person, privacy, scores, suggestions, tags

pages = [
    path("contacts/", listing.index, name="list"),
    path("contacts/new/", listing.add, name="new"),
    path("contacts/tags/", tags.index, name="tags"),
    path("contacts/tags/new/", tags.add, name="new_tag"),
    path("contacts/tags/<str:tag>/", tags.edit, name="tag"),
    path("contacts/tags/<str:tag>/delete/", tags.delete, name="delete_tag"),
    path("contacts/tags/<str:tag>/merge/", tags.merge, name="merge_tag"),
    path("contacts/tags/<str:tag>/archive/", tags.archive, name="archive_tag"),
    path("contacts/batches/", batches.index, name="batches"),
    path("contacts/batches/new/", batches.new, name="new_batch"),
    path("contacts/batches/preview/", batches.preview, name="preview_batch"),
    path("contacts/batches/<str:batch>/", batches.show, name="batch"),
    path("contacts/batches/<str:batch>/act/", batches.act, name="act_on_batch"),
    path("contacts/scores/", scores.settings, name="scores"),
    path("contacts/suggestions/<str:suggestion>/", suggestions.decide, name="suggestion"),
    path("contacts/imports/", imports.index, name="imports"),
    path("contacts/imports/begin/", imports.begin, name="begin_import"),
    path("contacts/imports/<str:imported>/", imports.show, name="import"),
    path("contacts/imports/<str:imported>/piece/", imports.piece, name="import_piece"),
    path("contacts/imports/<str:imported>/columns/", imports.columns, name="import_columns"),
    path("contacts/imports/<str:imported>/act/", imports.act, name="act_on_import"),
    path("contacts/imports/<str:imported>/state/", imports.state, name="import_state"),
    path("contacts/imports/<str:imported>/rejects/", imports.rejects, name="import_rejects"),
    path("contacts/doubles/", doubles.index, name="doubles"),
    path("contacts/doubles/<str:double>/", doubles.decide, name="double"),
    path("contacts/merges/<str:merge>/undo/", doubles.undo, name="undo_merge"),
    path("contacts/<str:contact>/", person.show, name="show"),
    path("contacts/<str:contact>/merge/", doubles.choose, name="merge"),
    path("contacts/<str:contact>/privacy/", privacy.show, name="privacy"),
    path("contacts/<str:contact>/privacy/export/", privacy.download, name="export"),
    path("contacts/<str:contact>/privacy/erase/", privacy.erase, name="erase"),
    path("contacts/<str:contact>/edit/", person.edit, name="edit"),
    path("contacts/<str:contact>/owner/", person.set_owner, name="set_owner"),
    path("contacts/<str:contact>/fields/", person.set_field, name="set_field"),
    path("contacts/<str:contact>/tags/", person.add_tag, name="add_tag"),
    path("contacts/<str:contact>/tags/<str:tag>/remove/", person.remove_tag, name="remove_tag"),
    path("contacts/<str:contact>/consent/", person.consent, name="consent"),
    path("contacts/<str:contact>/suppression/", person.suppression, name="suppression"),
]

urlpatterns = [path("", include((pages, "contacts")))]
