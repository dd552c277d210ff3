"""Pages of numbers."""

from django.urls import include, path

from tradewind.numbers.views import connect, listing, number

pages = [
    path("numbers/", listing.index, name="list"),
    path("numbers/sync/", listing.sync_all, name="sync_all"),
    path("numbers/connect/", connect.start, name="connect"),
    path("numbers/apps/<str:app>/", connect.app, name="app"),
    path("numbers/apps/<str:app>/secret/", connect.rotate, name="rotate"),
    path("numbers/accounts/<str:account>/", connect.found, name="found"),
    path("numbers/accounts/<str:account>/token/", number.replace_token, name="token"),
    path("numbers/accounts/<str:account>/subscription/", number.subscribe, name="subscribe"),
    path("numbers/accounts/<str:account>/pause/", connect.pause_account, name="pause_account"),
    path("numbers/portfolios/<str:portfolio>/reserve/", listing.set_reserve, name="reserve"),
    path("numbers/notices/<str:notice>/seen/", listing.put_away, name="seen"),
    path("numbers/<str:number>/", number.show, name="show"),
    path("numbers/<str:number>/pause/", number.pause, name="pause"),
    path("numbers/<str:number>/resume/", number.resume, name="resume"),
    path("numbers/<str:number>/warm-up/", number.warm_up, name="warm_up"),
    path("numbers/<str:number>/removal/", number.remove, name="remove"),
    path("numbers/<str:number>/sync/", number.sync, name="sync"),
]

urlpatterns = [path("", include((pages, "numbers")))]
