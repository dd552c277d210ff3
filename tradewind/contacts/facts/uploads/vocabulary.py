"""What shops call the columns of their exports, and what happened, in the console's languages and some more."""

# ruff: noqa: E501  tables of words read best in long lines

from functools import lru_cache

from tradewind.contacts.facts import names
from tradewind.contacts.imports import vocabulary
from tradewind.contacts.imports.vocabulary import plain

HEADS: dict[str, tuple[str, ...]] = {
    "contact": (
        *vocabulary.HEADS["phone"], "contact", "contact id", "customer phone", "billing phone", "shipping phone", "user id",
        "kunde telefon", "kontakt", "telefon rechnung", "telefono cliente", "contatto", "telefono de facturacion",
        "رقم العميل", "هاتف العميل", "جهة الاتصال", "جهه الاتصال", "联系方式", "เบอร์ลูกค้า",
    ),
    "event": (
        "event", "event name", "event type", "type", "kind", "action", "what", "ereignis", "vorgang", "ereignistyp", "evento",
        "tipo evento", "tipo di evento", "azione", "الحدث", "حدث", "نوع الحدث", "เหตุการณ์", "tipo de evento", "accion",
        "acao", "事件", "事件类型",
    ),
    "at": (
        "at", "time", "date", "date time", "datetime", "timestamp", "created", "created at", "occurred at", "happened at",
        "order date", "date created", "paid at", "placed at", "purchase date", "processed at", "order time",
        "datum", "zeit", "zeitpunkt", "bestelldatum", "bestellzeit", "kaufdatum", "erstellt", "erstellt am", "rechnungsdatum",
        "datum uhrzeit", "data", "ora", "data ora", "data e ora", "data ordine", "data dell ordine", "data acquisto", "creato il",
        "التاريخ", "تاريخ", "الوقت", "تاريخ الطلب", "وقت الطلب", "وقت", "วันที่", "เวลา", "วันที่สั่งซื้อ", "วันเวลา",
        "fecha", "fecha y hora", "fecha del pedido", "fecha de compra", "hora", "data do pedido", "data da compra", "data hora",
        "日期", "时间", "下单时间", "订单日期", "创建时间", "付款时间", "時間",
    ),
    "id": (
        "id", "event id", "transaction id", "transaction", "uuid", "ereignis id", "transaktion", "transaktionsnummer",
        "id evento", "id transazione", "transazione", "معرف", "رقم العمليه", "รหัส", "id de evento", "id de transaccion",
        "id da transacao", "编号", "交易号", "流水号",
    ),
    "amount": (
        "amount", "total", "price", "value", "sum", "grand total", "order total", "total price", "subtotal", "revenue",
        "total paid", "betrag", "summe", "gesamt", "gesamtbetrag", "gesamtsumme", "preis", "wert", "umsatz", "rechnungsbetrag",
        "bestellwert", "importo", "totale", "prezzo", "valore", "totale ordine", "ricavo",
        "المبلغ", "مبلغ", "الاجمالي", "المجموع", "السعر", "القيمه", "ยอดรวม", "จำนวนเงิน", "ราคา", "ยอดเงิน",
        "importe", "precio", "monto", "total del pedido", "valor", "preco", "valor total", "total do pedido",
        "金额", "总额", "总价", "价格", "订单金额", "实付金额",
    ),
    "currency": (
        "currency", "currency code", "wahrung", "wahrungscode", "valuta", "divisa", "العمله", "عمله", "สกุลเงิน", "moneda",
        "moeda", "货币", "币种",
    ),
    "order": (
        "order", "order id", "order number", "order no", "order nr", "order name", "reference", "invoice", "invoice number",
        "bestellung", "bestellnummer", "bestell nr", "auftrag", "auftragsnummer", "rechnung", "rechnungsnummer", "ordine",
        "numero ordine", "n ordine", "id ordine", "numero d ordine", "fattura", "الطلب", "رقم الطلب", "رقم الفاتوره",
        "หมายเลขคำสั่งซื้อ", "เลขที่ใบสั่งซื้อ", "คำสั่งซื้อ", "pedido", "numero de pedido", "id de pedido", "numero do pedido",
        "订单", "订单号", "订单编号",
    ),
    "product": (
        "product", "product name", "item", "item name", "article", "lineitem name", "title", "produkt", "produktname", "artikel",
        "artikelname", "bezeichnung", "ware", "prodotto", "nome prodotto", "articolo", "المنتج", "اسم المنتج", "منتج", "الصنف",
        "สินค้า", "ชื่อสินค้า", "producto", "nombre del producto", "articulo", "produto", "nome do produto",
        "商品", "商品名称", "产品", "产品名称",
    ),
    "page": (
        "page", "url", "link", "address", "page url", "landing page", "seite", "adresse", "pagina", "indirizzo", "الصفحه",
        "الرابط", "หน้า", "ลิงก์", "enlace", "endereco", "网址", "页面", "链接",
    ),
}  # fmt: skip
# What shops write where the name of an event belongs.
EVENTS: dict[str, tuple[str, ...]] = {
    "order.placed": ("order", "ordered", "order placed", "purchase", "sale", "bestellung", "bestellt", "kauf", "verkauf",
                     "ordine", "acquisto", "vendita", "طلب", "شراء", "สั่งซื้อ", "คำสั่งซื้อ", "pedido", "compra", "订单", "下单", "购买"),
    "order.paid": ("paid", "payment", "order paid", "bezahlt", "zahlung", "pagato", "pagamento", "دفع", "مدفوع", "ชำระเงิน",
                   "pagado", "pago", "已付款", "付款"),
    "order.cancelled": ("cancelled", "canceled", "order cancelled", "order canceled", "storniert", "storno", "annullato",
                        "ملغي", "الغاء", "ยกเลิก", "cancelado", "已取消", "取消"),
    "order.refunded": ("refund", "refunded", "order refunded", "return", "erstattung", "erstattet", "retoure", "rimborso",
                       "rimborsato", "reso", "استرداد", "คืนเงิน", "reembolso", "reembolsado", "退款"),
    "cart.updated": ("cart", "cart updated", "add to cart", "abandoned cart", "warenkorb", "carrello", "سله", "السله",
                     "ตะกร้า", "carrito", "carrinho", "购物车", "加购"),
    "quote.requested": ("quote requested", "quote request", "rfq", "angebotsanfrage", "anfrage", "richiesta preventivo",
                        "طلب عرض سعر", "ขอใบเสนอราคา", "solicitud de presupuesto", "询价"),
    "quote.sent": ("quote", "quote sent", "offer", "angebot", "preventivo", "offerta", "عرض سعر", "ใบเสนอราคา", "presupuesto",
                   "orcamento", "报价"),
    "page.viewed": ("page view", "pageview", "page viewed", "view", "visit", "besuch", "seitenaufruf", "visita",
                    "visualizzazione", "زياره", "مشاهده", "เข้าชม", "浏览", "访问"),
    "link.clicked": ("click", "link clicked", "klick", "clic", "نقره", "คลิก", "clique", "点击"),
}  # fmt: skip


@lru_cache(maxsize=1)
def heads() -> dict[str, str]:
    """Folded head → target."""
    return {plain(word): target for target, known in reversed(HEADS.items()) for word in known}


def target_of(head: str) -> str | None:
    """What a column of this head becomes; None for a head that nobody has told us."""
    name = plain(head)
    if name in heads():
        return heads()[name]
    # "Telefon (privat)": as among people.
    return "contact" if vocabulary.target_of(head) == "phone" else None


@lru_cache(maxsize=1)
def events() -> dict[str, str]:
    """Folded words → name of an event."""
    return {plain(word): name for name, known in EVENTS.items() for word in known}


def event_of(text: str) -> str:
    """The name that a cell means: as it is, else by the words that shops use, else the nearest good name."""
    said = text.strip()
    if names.is_name(said) and "." in said:
        return said
    return events().get(plain(said)) or (said if names.is_name(said) else names.suggestion(said) or said)
