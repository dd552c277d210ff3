from django.urls import path

from tradewind.campaigns import rest_views, views
from tradewind.campaigns.approvals import views as approvals
from tradewind.campaigns.composer import views as composer
from tradewind.campaigns.editing import views as editing
from tradewind.campaigns.followups import season_views
from tradewind.campaigns.followups import views as followup_views
from tradewind.campaigns.rates import views as rates
from tradewind.campaigns.series import views as series_views
from tradewind.campaigns.trials import views as trial_views
from tradewind.campaigns.why import views as why

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", views.index, name="list"),
    path("campaigns/rates/", rates.index, name="rates"),
    path("campaigns/rates/month/", rates.this_month, name="rates_month"),
    path("campaigns/rates/import/", rates.bring, name="rates_bring"),
    path("campaigns/rates/example/", rates.try_example, name="rates_example"),
    path("campaigns/rates/<str:card>/", rates.show, name="rate_card"),
    path("campaigns/season/", season_views.show, name="season"),
    path("campaigns/links/", composer.domains, name="domains"),
    path("campaigns/<str:campaign>/", views.show, name="show"),
    path("campaigns/<str:campaign>/compose/", views.compose, name="compose"),
    path("campaigns/<str:campaign>/compose/variables/", composer.variables, name="variables"),
    path("campaigns/<str:campaign>/compose/preview/", composer.preview, name="preview"),
    path("campaigns/<str:campaign>/compose/test/", composer.test, name="test"),
    path("campaigns/<str:campaign>/compose/test/<str:message>/", composer.test_state, name="test_state"),
    path("campaigns/<str:campaign>/plan/", views.plan, name="plan"),
    path("campaigns/<str:campaign>/plan/left-out.csv", views.export_left_out, name="export_left_out"),
    path("campaigns/<str:campaign>/plan/left-out/<slug:reason>/", views.left_out, name="left_out"),
    path("campaigns/<str:campaign>/approval/", approvals.panel, name="approval"),
    path("campaigns/<str:campaign>/approval/yes/", approvals.approve, name="approve"),
    path("campaigns/<str:campaign>/approval/no/", approvals.refuse, name="refuse"),
    path("campaigns/<str:campaign>/trial/", trial_views.trial, name="trial"),
    path("campaigns/<str:campaign>/trial/choice/<str:letter>/", trial_views.choose, name="choose_text"),
    path("campaigns/<str:campaign>/follow-up/", followup_views.add, name="follow_up"),
    path("campaigns/<str:campaign>/follow-up/<str:followup>/removal/", followup_views.remove, name="follow_up_removal"),
    path("campaigns/<str:campaign>/repeat/", series_views.repeat, name="repeat"),
    path("recurring/", series_views.index, name="series"),
    path("recurring/<str:series>/switch/", series_views.switch, name="series_switch"),
    path("recurring/<str:series>/removal/", series_views.delete, name="series_removal"),
    path("campaigns/<str:campaign>/rest/", rest_views.edit, name="rest"),
    path("campaigns/<str:campaign>/text/", editing.words, name="words"),
    path("campaigns/<str:campaign>/launch/", views.launch, name="launch"),
    path("campaigns/<str:campaign>/pause/", views.pause, name="pause"),
    path("campaigns/<str:campaign>/resume/", views.resume, name="resume"),
    path("campaigns/<str:campaign>/cancellation/", views.cancel, name="cancel"),
    path("campaigns/<str:campaign>/live/", views.live_page, name="live"),
    path("campaigns/<str:campaign>/live/progress/", views.progress, name="progress"),
    path("campaigns/<str:campaign>/why/<str:recipient>/", why.person, name="why_person"),
    path("messages/<str:message>/why/", why.message, name="why"),
    path("campaigns/<str:campaign>/report/", views.report, name="report"),
    path("campaigns/<str:campaign>/report.csv", views.export_report, name="export_report"),
    path("campaigns/<str:campaign>/log/", views.log, name="log"),
    path("campaigns/<str:campaign>/log.csv", views.export, name="export"),
]
