"""What virtual customers say, in eight languages. All sentences are our own."""

LANGUAGES = ("en", "de", "it", "es", "fr", "pt", "ar", "th")

REPLIES: dict[str, tuple[str, ...]] = {
    "en": (
        "Thanks, that helps!",
        "When will it arrive?",
        "Can I change my appointment to Friday?",
        "Sounds good 👍",
        "How much is it with delivery?",
        "I never ordered this, please check.",
    ),
    "de": (
        "Danke, das hilft mir!",
        "Wann kommt es an?",
        "Kann ich den Termin auf Freitag verlegen?",
        "Klingt gut 👍",
        "Was kostet es mit Lieferung?",
        "Das habe ich nicht bestellt, bitte prüfen.",
    ),
    "it": (
        "Grazie, mi è utile!",
        "Quando arriva?",
        "Posso spostare l'appuntamento a venerdì?",
        "Va bene 👍",
        "Quanto costa con la consegna?",
        "Non l'ho ordinato, potete controllare?",
    ),
    "es": (
        "¡Gracias, me sirve!",
        "¿Cuándo llega?",
        "¿Puedo cambiar la cita al viernes?",
        "Me parece bien 👍",
        "¿Cuánto cuesta con el envío?",
        "Yo no pedí esto, revísenlo por favor.",
    ),
    "fr": (
        "Merci, ça m'aide !",
        "Quand est-ce que ça arrive ?",
        "Puis-je déplacer le rendez-vous à vendredi ?",
        "Ça me va 👍",
        "Combien ça coûte avec la livraison ?",
        "Je n'ai pas commandé ça, merci de vérifier.",
    ),
    "pt": (
        "Obrigado, isso ajuda!",
        "Quando chega?",
        "Posso mudar o horário para sexta-feira?",
        "Combinado 👍",
        "Quanto fica com a entrega?",
        "Eu não pedi isso, podem verificar?",
    ),
    "ar": (
        "شكرًا، هذا مفيد!",
        "متى يصل؟",
        "هل يمكنني تأجيل الموعد إلى الجمعة؟",
        "يبدو جيدًا 👍",
        "كم السعر مع التوصيل؟",
        "لم أطلب هذا، تحققوا من فضلكم.",
    ),
    "th": (
        "ขอบคุณ มีประโยชน์มาก",
        "ของจะมาถึงเมื่อไหร่",
        "ขอเลื่อนนัดเป็นวันศุกร์ได้ไหม",
        "ตกลง 👍",
        "รวมค่าส่งแล้วราคาเท่าไหร่",
        "ฉันไม่ได้สั่ง ช่วยตรวจสอบหน่อย",
    ),
}

STOP_WORDS: dict[str, tuple[str, ...]] = {
    "en": ("STOP", "unsubscribe", "Stop please"),
    "de": ("STOPP", "abmelden", "Bitte keine Werbung mehr"),
    "it": ("STOP", "cancellami", "disiscrivimi"),
    "es": ("BAJA", "no más mensajes", "cancelar suscripción"),
    "fr": ("ARRÊT", "STOP", "désabonner"),
    "pt": ("PARAR", "sair", "cancelar inscrição"),
    "ar": ("توقف", "إلغاء الاشتراك", "أوقفوا الرسائل"),
    "th": ("หยุด", "ยกเลิก", "เลิกรับข่าวสาร"),
}

CAPTIONS: dict[str, str] = {
    "en": "Is it this one?",
    "de": "Ist es dieses hier?",
    "it": "È questo?",
    "es": "¿Es este?",
    "fr": "C'est celui-ci ?",
    "pt": "É este?",
    "ar": "هل هو هذا؟",
    "th": "อันนี้ใช่ไหม",
}

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("Olivia", "Liam", "Amara", "Noah", "Grace", "Ethan", "Zoe", "Samuel", "Ivy", "Marcus"),
        ("Carter", "Hughes", "Okafor", "Bennett", "Reid", "Sullivan", "Nguyen", "Brooks", "Patel", "Walsh"),
    ),
    "de": (
        ("Anna", "Lukas", "Mia", "Jonas", "Leyla", "Felix", "Greta", "Emil", "Jörg", "Änne"),
        ("Schäfer", "Vogel", "Krüger", "Hartmann", "Yılmaz", "Lorenz", "Brandt", "Weiß", "Seidel", "Böhm"),
    ),
    "it": (
        ("Giulia", "Matteo", "Chiara", "Luca", "Sofia", "Davide", "Elena", "Nicolò", "Marta", "Paolo"),
        ("Ferri", "Moretti", "Gallo", "Rinaldi", "Costa", "De Luca", "Serra", "Villa", "Bassi", "Conti"),
    ),
    "es": (
        ("Lucía", "Mateo", "Valentina", "Diego", "Camila", "Andrés", "Inés", "Javier", "Sofía", "Tomás"),
        ("Romero", "Castillo", "Vargas", "Núñez", "Ortega", "Peña", "Fuentes", "Salazar", "Ibáñez", "Molina"),
    ),
    "fr": (
        ("Camille", "Hugo", "Inès", "Louis", "Chloé", "Théo", "Manon", "Karim", "Élise", "Antoine"),
        ("Lefèvre", "Moreau", "Garnier", "Benali", "Rousseau", "Fontaine", "Mercier", "Girard", "Faure", "Blanc"),
    ),
    "pt": (
        ("Beatriz", "João", "Larissa", "Rafael", "Ana", "Thiago", "Júlia", "Caio", "Mariana", "Vitor"),
        ("Almeida", "Barbosa", "Cardoso", "Duarte", "Esteves", "Figueira", "Gonçalves", "Lopes", "Moura", "Rocha"),
    ),
    "ar": (
        ("ليلى", "عمر", "سلمى", "يوسف", "نور", "خالد", "مريم", "حسن", "رنا", "طارق"),
        ("الحداد", "منصور", "النجار", "خليل", "العلي", "صباغ", "عثمان", "الشامي", "قاسم", "زيدان"),
    ),
    "th": (
        ("สมชาย", "มาลี", "ณัฐ", "พิม", "อรุณ", "กานดา", "ธนา", "ดาว", "ปรีชา", "แก้ว"),
        ("ศรีสุข", "ใจดี", "วงศ์ทอง", "บุญมี", "แสงจันทร์", "รัตนกุล", "สุขใจ", "พงษ์ไพร", "ทองคำ", "นาคดี"),
    ),
}
