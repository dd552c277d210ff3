from tradewind.templates.library.text import Text

STOP = "Keine Nachrichten mehr? Antworten Sie STOPP"
TEXTS = {
    "welcome": Text(
        "Hallo {{first_name}}, schön, dass Sie da sind. Wir schreiben nur, wenn es sich lohnt. "
        "Wovon dürfen wir erzählen?", STOP, buttons=("Neuheiten", "Nur Angebote")),
    "cart_reminder": Text(
        "Hallo {{first_name}}, in Ihrem Warenkorb liegt noch {{product}} für Sie. Ihre Größe ist auch noch da. "
        "Sollen wir alles aufheben?", STOP, buttons=("Zum Warenkorb",)),
    "back_in_stock": Text(
        "Gute Nachricht, {{first_name}}: Sie hatten nach {{product}} gefragt. Seit heute früh ist alles wieder da.",
        STOP, buttons=("Ansehen", "Nicht mehr nötig")),
    "season_offer": Text(
        "Hallo {{first_name}}, bis Sonntag gibt es {{percent}} % auf alles für die Saison. "
        "Der Code unten gilt einmal, im Laden und im Netz.", STOP, buttons=("SAISON15", "Neues ansehen")),
    "weekend_offer": Text(
        "Hallo {{first_name}}, bis Sonntag gibt es {{product}} für Sie {{percent}} % günstiger, mit diesem Code.\n"
        + STOP, buttons=("WEEKEND15", "Mitnehmen"),
        offer="Nur bis Sonntag"),
    "new_arrivals": Text(
        "Hallo {{first_name}}, das ist neu bei uns, ausgesucht nach dem, was Sie sich angesehen haben.\n" + STOP,
        cards=(("Leicht genug für den Tag, warm genug für die Nacht.", "Zu den Zelten"),
               ("Über Nacht trocken, und sie tragen weit.", "Zu den Schuhen"),
               ("Alles hat darin seinen Platz.", "Zu den Rucksäcken"))),
    "our_catalogue": Text(
        "Hallo {{first_name}}, hier ist alles, was heute in unseren Regalen steht. Legen Sie in den Korb, was Ihnen "
        "gefällt, und schicken Sie ihn uns.", STOP),
    "birthday": Text(
        "Alles Gute zum Geburtstag, {{first_name}}! Heute haben wir etwas für Sie: Mit diesem Code sparen Sie "
        "einen Monat lang {{percent}} % bei uns.", STOP, buttons=("GEBURTSTAG15",)),
    "miss_you": Text(
        "Hallo {{first_name}}, wir haben uns lange nicht gesehen. Können wir etwas besser machen? "
        "Ein Tippen genügt, ein Mensch liest es.", STOP, buttons=("Alles in Ordnung", "Bitte anrufen")),
    "vip_preview": Text(
        "Hallo {{first_name}}, vor allen anderen: Ab heute sehen Sie die neue Kollektion, zwei Tage früher. "
        "Danke, dass Sie uns treu sind.", STOP, buttons=("Zuerst ansehen",)),
    "shop_event": Text(
        "Hallo {{first_name}}, am {{date}} ist unser Laden lange offen, mit Kaffee und kleinen Reparaturen. "
        "Schauen Sie vorbei?", STOP, buttons=("Ich komme", "Ein andermal")),
    "order_confirmed": Text(
        "Danke, {{first_name}}. Ihre Bestellung {{order_number}} über {{amount}} ist da und wird heute gepackt. "
        "Wir melden uns, wenn sie unterwegs ist.", buttons=("Bestellung ansehen",)),
    "order_on_its_way": Text(
        "Hallo {{first_name}}, Ihre Bestellung {{order_number}} ist unterwegs und kommt am {{date}} bei Ihnen an.",
        buttons=("Paket verfolgen",)),
    "appointment": Text(
        "Hallo {{first_name}}, wir erwarten Sie am {{date}} um {{time}} Uhr bei uns im Laden. Passt das noch?",
        buttons=("Ich bin da", "Termin ändern")),
    "invoice": Text(
        "Hallo {{first_name}}, hier ist die Rechnung zu Ihrer Bestellung {{order_number}} über {{amount}} als "
        "Dokument. Fragen beantworten wir gleich hier."),
    "how_was_it": Text(
        "Hallo {{first_name}}, Ihre Bestellung {{order_number}} ist vor ein paar Tagen angekommen. Ist alles so, "
        "wie Sie es erwartet haben?", buttons=("Alles gut", "Etwas stimmt nicht")),
}  # fmt: skip
