from tradewind.templates.library.text import Text

STOP = "Basta messaggi? Risponda STOP"
TEXTS = {
    "welcome": Text(
        "Ciao {{first_name}}, che bello averti qui. Scriviamo solo quando ne vale la pena. "
        "Di che cosa possiamo parlarti?", STOP, buttons=("Novità", "Solo offerte")),
    "cart_reminder": Text(
        "Ciao {{first_name}}, nel carrello ti aspetta ancora {{product}} nella tua taglia. "
        "Vuoi che lo teniamo da parte?", STOP, buttons=("Torna al carrello",)),
    "back_in_stock": Text(
        "Buone notizie, {{first_name}}: ci avevi chiesto {{product}} e da questa mattina è di nuovo sugli scaffali.",
        STOP, buttons=("Dai un'occhiata", "Non serve più")),
    "season_offer": Text(
        "Ciao {{first_name}}, fino a domenica hai il {{percent}} % su tutto ciò che serve per la stagione. "
        "Il codice vale una volta, in negozio e online.", STOP, buttons=("STAGIONE15", "Vedi le novità")),
    "weekend_offer": Text(
        "Ciao {{first_name}}, fino a domenica {{product}} costa per te il {{percent}} % in meno, con questo codice.\n"
        + STOP, buttons=("WEEKEND15", "Lo prendo"), offer="Fino a domenica"),
    "new_arrivals": Text(
        "Ciao {{first_name}}, ecco le novità della settimana, scelte in base a quello che hai guardato.\n" + STOP,
        cards=(("Leggera di giorno, calda di notte.", "Vedi le tende"),
               ("Asciutti in una notte, portano lontano.", "Vedi gli scarponi"),
               ("Ogni cosa ha il suo posto.", "Vedi gli zaini"))),
    "our_catalogue": Text(
        "Ciao {{first_name}}, qui trovi tutto quello che abbiamo oggi in negozio. Metti nel carrello quello che ti "
        "piace e mandacelo.", STOP),
    "birthday": Text(
        "Tanti auguri, {{first_name}}! Oggi c'è qualcosa per te: con questo codice risparmi il {{percent}} % "
        "per un mese intero.", STOP, buttons=("AUGURI15",)),
    "miss_you": Text(
        "Ciao {{first_name}}, è un po' che non ci vediamo. C'è qualcosa che possiamo fare meglio? "
        "Basta un tocco, legge una persona.", STOP, buttons=("Va tutto bene", "Chiamatemi")),
    "vip_preview": Text(
        "Ciao {{first_name}}, prima di tutti gli altri: da oggi puoi vedere la nuova collezione, due giorni in "
        "anticipo. Grazie della tua fiducia.", STOP, buttons=("Guarda per primo",)),
    "shop_event": Text(
        "Ciao {{first_name}}, il {{date}} il negozio resta aperto fino a tardi, con caffè e piccole riparazioni. "
        "Passi a trovarci?", STOP, buttons=("Ci sarò", "Un'altra volta")),
    "order_confirmed": Text(
        "Grazie, {{first_name}}. Abbiamo ricevuto il tuo ordine {{order_number}} di {{amount}} e lo prepariamo oggi. "
        "Ti scriviamo quando parte.", buttons=("Vedi l'ordine",)),
    "order_on_its_way": Text(
        "Ciao {{first_name}}, il tuo ordine {{order_number}} è in viaggio e arriva il {{date}} a casa tua.",
        buttons=("Segui il pacco",)),
    "appointment": Text(
        "Ciao {{first_name}}, ti aspettiamo il {{date}} alle {{time}} in negozio. Va ancora bene per te?",
        buttons=("Ci sarò", "Cambia orario")),
    "invoice": Text(
        "Ciao {{first_name}}, ecco la fattura del tuo ordine {{order_number}} di {{amount}} come documento. "
        "Se qualcosa non è chiaro, scrivici qui."),
    "how_was_it": Text(
        "Ciao {{first_name}}, il tuo ordine {{order_number}} è arrivato da qualche giorno. È tutto come te lo "
        "aspettavi?", buttons=("Tutto bene", "Qualcosa non va")),
}  # fmt: skip
