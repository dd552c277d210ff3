from tradewind.templates.library.text import Text

STOP = "Reply STOP to end"
TEXTS = {
    "welcome": Text(
        "Hello {{first_name}}, good to have you here. We write when there is something worth your time. "
        "What may we tell you about?", STOP, buttons=("New arrivals", "Offers only")),
    "cart_reminder": Text(
        "Hello {{first_name}}, you left {{product}} in your cart. It is still there, and so is your size. "
        "Shall we keep it for you?", STOP, buttons=("Back to the cart",)),
    "back_in_stock": Text(
        "Good news, {{first_name}}: you asked about {{product}}, and it is back on our shelves since this morning.",
        STOP, buttons=("Have a look", "Not any more")),
    "season_offer": Text(
        "Hello {{first_name}}, until Sunday you get {{percent}} % on everything for the season. "
        "The code below works once, in the shop and online.", STOP, buttons=("SEASON15", "See what is new")),
    "weekend_offer": Text(
        "Hello {{first_name}}, you looked at {{product}}. Until Sunday evening it is {{percent}} % less for you, "
        "with the code below.\n" + STOP, buttons=("WEEKEND15", "Take it"), offer="Until Sunday"),
    "new_arrivals": Text(
        "Hello {{first_name}}, these have come in this week, chosen by what you looked at.\n" + STOP,
        cards=(("Light enough for a day, warm enough for the night.", "See the tents"),
               ("They dry overnight and carry you far.", "See the boots"),
               ("Everything has its place in it.", "See the backpacks"))),
    "our_catalogue": Text(
        "Hello {{first_name}}, here is all that we have on our shelves today. Put what you like into the cart "
        "and send it to us.", STOP),
    "birthday": Text(
        "Happy birthday, {{first_name}}! Today we have something for you: show this code within the month, "
        "and {{percent}} % stay in your pocket.", STOP, buttons=("BIRTHDAY15",)),
    "miss_you": Text(
        "Hello {{first_name}}, we have not seen you for a while. Is there anything that we could do better? "
        "One tap is enough, a real person reads it.", STOP, buttons=("All is well", "Please call me")),
    "vip_preview": Text(
        "Hello {{first_name}}, before anybody else: from today you can see the new collection, two days early. "
        "Thank you for staying with us.", STOP, buttons=("See it first",)),
    "shop_event": Text(
        "Hello {{first_name}}, on {{date}} our shop is open until late, with coffee and repairs for free. "
        "Will you drop by?", STOP, buttons=("I will come", "Another time")),
    "order_confirmed": Text(
        "Thank you, {{first_name}}. We have your order {{order_number}} over {{amount}} and pack it today. "
        "We write again when it leaves.", buttons=("See the order",)),
    "order_on_its_way": Text(
        "Hello {{first_name}}, your order {{order_number}} has left our house and should arrive on {{date}} "
        "at your door.",
        buttons=("Follow the parcel",)),
    "appointment": Text(
        "Hello {{first_name}}, we expect you on {{date}} at {{time}} in our shop. Does that still suit you?",
        buttons=("I will be there", "Change the time")),
    "invoice": Text(
        "Hello {{first_name}}, here is the invoice for your order {{order_number}} over {{amount}} as a document. "
        "Ask us here if anything is unclear."),
    "how_was_it": Text(
        "Hello {{first_name}}, your order {{order_number}} arrived a few days ago. Is everything as you expected it?",
        buttons=("All is fine", "Something is wrong")),
}  # fmt: skip
