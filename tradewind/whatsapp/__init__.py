"""The WhatsApp Cloud API as a protocol: pure, without Django and without a database.

signature   the X-Hub-Signature-256 header: `sign`, `is_valid`
callback    the sealed attempt id in `biz_opaque_callback_data`: `pack`, `unpack`
webhooks    a raw body → normalised events: `parse`, and `tradewind webhooks parse FILE…`
errors      the table of error codes: `classify(131056).action`
limits      throughput, pair rate, caps, tiers, windows: exact, with the time as a parameter
payloads    what is sent: builders, template messages, previews, and refusals in plain words
client      the port for sending (`Sender.send → Answer`) and the management calls

Everything here is told the time, the keys and the addresses; nothing reads a clock, a setting or a database. Sentences
for people are English source strings, marked with `words.gettext_noop`; translate them where they are shown.
Figures and shapes come from Meta's documentation as gathered in November 2026 (API v26.0).
"""
