from tradewind.templates.library.text import Text

STOP = "للإيقاف أرسل: إيقاف"
TEXTS = {
    "welcome": Text(
        "أهلا {{first_name}}، يسعدنا انضمامك إلينا. نكتب لك فقط عندما يكون لدينا ما يستحق وقتك. بماذا نخبرك؟",
        STOP, buttons=("كل جديد", "العروض فقط")),
    "cart_reminder": Text(
        "مرحبا {{first_name}}، ما زالت {{product}} في سلتك ومقاسك متوفر أيضا. هل نحتفظ بها من أجلك؟",
        STOP, buttons=("العودة إلى السلة",)),
    "back_in_stock": Text(
        "خبر سار يا {{first_name}}: سألت من قبل عن {{product}} وقد عادت إلى رفوفنا منذ هذا الصباح.",
        STOP, buttons=("ألق نظرة", "لم أعد أحتاجها")),
    "season_offer": Text(
        "مرحبا {{first_name}}، حتى يوم الأحد لك خصم {{percent}} % على كل ما يلزم لهذا الموسم. "
        "الرمز أدناه صالح مرة واحدة في المتجر وعلى الموقع.", STOP, buttons=("MAWSIM15", "شاهد الجديد")),
    "birthday": Text(
        "عيد ميلاد سعيد يا {{first_name}}! أعددنا لك اليوم هدية: بهذا الرمز توفر {{percent}} % طوال شهر كامل.",
        STOP, buttons=("MILAD15",)),
    "miss_you": Text(
        "مرحبا {{first_name}}، لم نرك منذ مدة طويلة. هل هناك ما يمكننا أن نحسنه؟ تكفي لمسة واحدة ويقرؤها إنسان.",
        STOP, buttons=("كل شيء جيد", "اتصلوا بي")),
    "vip_preview": Text(
        "مرحبا {{first_name}}، قبل الجميع: يمكنك من اليوم أن ترى المجموعة الجديدة، أي قبل الآخرين بيومين. "
        "شكرا على ثقتك بنا.", STOP, buttons=("شاهدها أولا",)),
    "shop_event": Text(
        "مرحبا {{first_name}}، يوم {{date}} يبقى متجرنا مفتوحا حتى وقت متأخر مع القهوة وإصلاحات صغيرة. هل تزورنا؟",
        STOP, buttons=("سأحضر", "في وقت آخر")),
    "order_confirmed": Text(
        "شكرا يا {{first_name}}. وصلنا طلبك رقم {{order_number}} بقيمة {{amount}} ونجهزه اليوم. "
        "سنكتب لك عندما ينطلق.", buttons=("عرض الطلب",)),
    "order_on_its_way": Text(
        "مرحبا {{first_name}}، طلبك رقم {{order_number}} في الطريق ويصل يوم {{date}} إلى باب بيتك.",
        buttons=("تتبع الطرد",)),
    "appointment": Text(
        "مرحبا {{first_name}}، ننتظرك يوم {{date}} عند الساعة {{time}} في متجرنا. هل ما زال الموعد مناسبا؟",
        buttons=("سأكون هناك", "تغيير الموعد")),
    "invoice": Text(
        "مرحبا {{first_name}}، هذه فاتورة طلبك رقم {{order_number}} بقيمة {{amount}} في ملف مرفق. "
        "اسألنا هنا إن كان شيء غير واضح."),
    "how_was_it": Text(
        "مرحبا {{first_name}}، وصل طلبك رقم {{order_number}} قبل بضعة أيام. هل كل شيء كما توقعته؟",
        buttons=("كل شيء جيد", "هناك مشكلة")),
}  # fmt: skip
