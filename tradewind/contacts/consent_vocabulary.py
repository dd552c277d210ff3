"""The words of which wishes to stop or to begin are made, by language and by the part they play (consent_phrases.py).

A message is understood as a wish only when every word of it stands here, so words of orders, places and times are left
out on purpose ("by", "bus", "order", "price", "received", "erhalten habe").

S  alone says stop · T  alone says begin · B  begins, when nothing but a matter follows · H  ends the matter named
G  what a sender does · R  what a receiver does · K  doing, after S or H only ("stop sending") · O  the matter
N  not · M  more, again · W  want · D  makes the next word a thing ("the stop") · F  says nothing
"""

# A slip away from a word below, and words of their own.
FALSE_FRIENDS = frozenset(
    ["auftragen", "describe", "prescribe", "ausfragen", "ausragen", "anmeldern", "cancellati", "formati", "inscribe"]
)

VOCABULARY: dict[str, dict[str, str]] = {
    "en": {
        "S": (
            "stop, stopp, stoppp, unsubscribe, unsubscribed, unsub, opt out, optout, opt me out, opting out, "
            "take me off, remove me, remove my number, delete my number, leave me alone, stop stop"
        ),
        "T": "subscribe, resubscribe, opt in, optin, opt me in, sign me up, unstop, add me back, add me again",
        "B": "start, restart, resume, begin",
        "H": "cancel, end, cease, quit, halt, discontinue, turn off, switch off, terminate, deactivate, disable",
        "G": "send, text, message, msg, contact, write, spam, bother, disturb, call",
        "R": "receive, recieve, receiving, get, getting, see",
        "K": (
            "sending, texting, messaging, messging, contacting, writing, spamming, bothering, bombarding, "
            "annoying, flooding, disturbing"
        ),
        "O": (
            "messages, msgs, mesages, texts, ads, adverts, advertising, advertisement, advertisements, promo, "
            "promos, promotion, promotions, promotional, marketing, offers, newsletter, newsletters, "
            "notifications, updates, subscription, broadcast, broadcasts, sms, mails, emails, deals, list, "
            "mailing list, alerts, stuff, anything, communication, communications, spam, campaigns, reminders"
        ),
        "N": "no, not, dont, do not, never, no longer",
        "M": "more, anymore, any more, again, further, ever",
        "W": "want, wanna, wish, would like, d like, like, need, interested in",
        "D": "the, a, an, my, next, last",
        "F": (
            "i, me, im, am, it, is, this, these, those, that, to, any, all, your, you, u, ur, from, on, for, "
            "of, with, be, being, please, pls, plz, kindly, just, now, immediately, right now, right away, "
            "at once, asap, and, guys, team, sir, madam, hey, hi, hello, thanks, thank you, thx, already, "
            "really, number, phone, whatsapp, via, completely, altogether, today, can you, could you, "
            "would you, will you, so, ok, okay, enough, us, d, m, i said, i told you, in, here, such, kind, "
            "at all, bye, way, further notice"
        ),
    },
    "de": {
        "S": (
            "stop, stopp, stoppt, stoppe, stoppen, abmelden, abmeldung, abbestellen, abbestellung, austragen, "
            "meldet mich ab, melde mich ab, melden sie mich ab, ich melde mich ab, trag mich aus, "
            "tragt mich aus, tragen sie mich aus, nehmt mich raus, nehmen sie mich raus, nehmt mich aus, "
            "nehmen sie mich aus, lasst mich in ruhe, lassen sie mich in ruhe, aufhören, hört auf, hör auf, "
            "hören sie auf, schluss, widerrufe, löscht meine nummer, löschen sie meine nummer, "
            "meine nummer löschen, unsubscribe, streicht mich, streichen sie mich, entfernt mich, "
            "entfernen sie mich, löscht mich, löschen sie mich"
        ),
        "T": (
            "anmelden, abonnieren, meldet mich an, melde mich an, melden sie mich an, wieder anmelden, "
            "eintragen, tragt mich ein, tragen sie mich ein"
        ),
        "B": "start, starten, starte, startet, fortsetzen, wieder aufnehmen",
        "H": (
            "kündigen, kündige, beenden, beende, beendet, einstellen, unterlassen, unterlasst, deaktivieren, "
            "entfernen, entfernt, löschen, löscht, streichen, streicht, abschalten, ausschalten, abstellen, "
            "nehmt, nehmen, nimm, nehmt mich, stornieren"
        ),
        "G": (
            "schreiben, schreibt, schreib, schicken, schickt, schick, senden, sendet, sende, anschreiben, "
            "kontaktieren, kontaktiert, zusenden, zuschicken, belästigen, belästigt, nerven, nervt, spammen, "
            "melden, anrufen"
        ),
        "R": "erhalten, bekommen, kriegen, empfangen, haben, sehen",
        "K": "zuzusenden, zu senden, zu schicken, zu schreiben, zu belästigen, zu nerven",
        "O": (
            "nachrichten, nachricht, werbung, werbenachrichten, werbenachricht, angebote, angeboten, "
            "newsletter, newslettern, sms, mails, werbemails, spam, infos, aktionen, benachrichtigungen, "
            "mitteilungen, promos, promotion, promotions, verteiler, verteilerliste, liste, abo, abonnement, "
            "marketing, zusendung, zusendungen, zeug, werbe, whatsapp nachrichten, whatsapps, rundschreiben, "
            "gutscheine, einwilligung"
        ),
        "N": "keine, keinen, kein, nicht, nix, nie, niemals, keinerlei",
        "M": "mehr, weiter, weitere, weiteren, nochmal, nochmals, wieder, länger",
        "W": "möchte, moechte, will, wünsche, wollen, möchten, brauche",
        "D": "der, ein, einen, nächste, nächster",
        "F": (
            "ich, mir, mich, ihr, sie, euch, eure, euren, eurem, ihre, ihren, ihrem, ihnen, von, vom, bitte, "
            "danke, hallo, die, das, den, dem, diese, diesen, dieser, dieses, diesem, alle, allen, und, "
            "sofort, jetzt, ab sofort, auch, es, an, mit, für, per, über, whatsapp, endlich, damit, hiermit, "
            "meine, meiner, nummer, mal, doch, einfach, zu, zum, zur, auf, in, im, aus, bin, guten tag, "
            "guten morgen, moin, liebes team, team, vielen dank, dank, solche, so, was, mfg, viele grüße, "
            "umgehend, unverzüglich, noch, jemals, raus, heraus, eurer, ihrer, unserer, mir gegenüber"
        ),
    },
    "it": {
        "S": (
            "stop, ferma, fermate, fermatevi, fermati, basta, disiscrivimi, disiscrivetemi, disiscrivermi, "
            "disiscrivi, disiscrizione, cancellami, cancellatemi, cancellarmi, rimuovimi, rimuovetemi, "
            "rimuovermi, toglimi, toglietemi, togliermi, smettete, smettetela, smettila, smetti, smetterla, "
            "lasciatemi in pace, cancellate il mio numero, rimuovete il mio numero, eliminatemi, "
            "eliminate il mio numero, unsubscribe"
        ),
        "T": "iscrivimi, iscrivetemi, iscrivermi, iscriviti, reiscrivimi, reiscrivetemi, voglio iscrivermi",
        "B": "start, riprendi, riprendete, riprendere, riattiva, riattivate, riattivare, avvia, inizia, iniziare",
        "H": (
            "annulla, annullare, annullate, annulli, cancella, cancellare, cancellate, interrompi, "
            "interrompere, interrompete, sospendi, sospendere, sospendete, disattiva, disattivare, "
            "disattivate, rimuovere, rimuovete, togliere, eliminate, eliminare, bloccate, bloccare, fermare, "
            "disdire, smettere"
        ),
        "G": (
            "scrivete, scrivetemi, scrivermi, scrivere, scrivimi, scrivi, mandate, mandatemi, mandarmi, "
            "mandare, mandami, mandi, inviate, inviatemi, inviarmi, inviare, inviami, inviatemene, contattate, "
            "contattatemi, contattarmi, contattare, contattato, contattata, disturbate, disturbatemi, "
            "disturbare, disturbarmi, mandatemene"
        ),
        "R": "ricevere, riceverne, vedere",
        "K": "scrivendomi, mandandomi",
        "O": (
            "messaggi, messaggio, pubblicità, promozioni, promozione, promozionali, promo, offerte, "
            "newsletter, sms, spam, notifiche, comunicazioni, marketing, iscrizione, lista, elenco, "
            "pubblicitari, commerciali, avvisi, roba"
        ),
        "N": "non, niente, nessun, nessuna, nessuno, mai, no",
        "M": "più, altri, altre, ulteriori, ancora, di nuovo, oltre",
        "W": "voglio, vorrei, desidero, intendo, vogliamo, interessano",
        "D": "un, uno, alla, prossima",
        "F": (
            "mi, a, i, gli, le, la, il, lo, l, di, da, dalla, dal, dalle, dei, delle, del, della, vostra, "
            "vostri, vostro, vostre, questa, questo, questi, queste, su, per, con, per favore, per cortesia, "
            "prego, grazie, ciao, salve, buongiorno, buonasera, subito, ora, adesso, tutti, tutte, mio, "
            "numero, whatsapp, e, io, essere, mia, in, vi, ne, cortesemente, immediatamente, che, ed, d, "
            "nulla, si, grazie mille, ragazzi"
        ),
    },
    "es": {
        "S": (
            "stop, baja, dar de baja, darme de baja, dame de baja, denme de baja, deme de baja, darse de baja, "
            "dadme de baja, desuscribirme, desuscribir, desuscríbeme, desuscríbanme, desuscribanme, "
            "desuscribirse, bórrame, bórrenme, borrarme, elimíname, elimínenme, eliminarme, quítame, quítenme, "
            "quitarme, sácame, sáquenme, sacarme, basta, déjenme en paz, déjame en paz, borren mi número, "
            "eliminen mi número, cancelar suscripción, unsubscribe, la baja"
        ),
        "T": (
            "suscribirme, suscríbeme, suscríbanme, suscribir, suscribirse, dar de alta, darme de alta, "
            "dame de alta, denme de alta"
        ),
        "B": "start, reanudar, reanuden, reactivar, reactiven, iniciar, empezar, comenzar",
        "H": (
            "cancelar, cancela, cancelen, cancele, anular, anula, anulen, detener, detengan, detén, parar, "
            "paren, pare, suspender, suspendan, desactivar, desactiven, eliminar, eliminen, borrar, borren, "
            "quitar, quiten, sacar, saquen, deja de, dejen de, dejar de, deje de, dejad de, para de, pare de, "
            "paren de, parar de, interrumpir, terminar, detener el"
        ),
        "G": (
            "enviar, enviarme, envíen, envíe, envíes, enviéis, mandar, mandarme, manden, mandes, mande, "
            "mandéis, mandarnos, escribir, escribirme, escriban, escribas, escriba, escribáis, contactar, "
            "contactarme, contacten, contacte, contactado, contactada, molestar, molestarme, molesten, "
            "moleste, molestes, molestéis, spamear, envio, envío"
        ),
        "R": "recibir, recibirlos, ver",
        "K": "enviándome, mandándome",
        "O": (
            "mensajes, mensaje, mensajitos, publicidad, promociones, promoción, promos, ofertas, newsletter, "
            "boletín, sms, spam, notificaciones, avisos, comunicaciones, anuncios, suscripción, marketing, "
            "propaganda, lista, correos, publicitarios, promocionales, comerciales, cosas"
        ),
        "N": "no, ningún, ninguna, nunca, jamás",
        "M": "más, otra vez, de nuevo, nuevamente",
        "W": "quiero, quisiera, deseo, querría, me gustaría, interesan, necesito, queremos",
        "D": "una, un, próxima",
        "F": (
            "me, a, de, los, las, la, el, lo, su, sus, vuestra, vuestros, vuestras, este, estos, esta, estas, "
            "esos, esas, por favor, porfavor, porfa, gracias, hola, ya, ahora, ahora mismo, todos, todas, mi, "
            "número, y, en, con, del, al, que, nos, se, inmediatamente, buenos días, buenas tardes, buenas, "
            "whatsapp, favor, ser, yo, tipo, muchas gracias, amigos, te, le, les, nada, por, saludos"
        ),
    },
    "pt": {
        "S": (
            "stop, sair, descadastrar, descadastrem, descadastre, descadastra, desinscrever, desinscreva, "
            "me remova, me remove, me removam, remova me, me tira, me tirem, me tire, tira me, me exclua, "
            "me excluam, chega, me deixem em paz, me deixa em paz, apaguem meu número, remova meu número, "
            "removam meu número, unsubscribe, me descadastre, me descadastrem, descadastrar me"
        ),
        "T": "inscrever, inscreva, me inscreva, me inscrever, cadastrar, me cadastre, me cadastrar, assinar",
        "B": "start, retomar, retomem, reativar, reativem, iniciar, começar",
        "H": (
            "cancelar, cancele, cancelem, cancela, parar, pare, parem, para de, parar de, pare de, parem de, "
            "interromper, interrompa, interrompam, suspender, suspendam, encerrar, desativar, desativem, "
            "remover, remova, removam, excluir, exclua, excluam, tirar, tirem, tire, deixar de, deixem de, "
            "deixe de, bloquear"
        ),
        "G": (
            "enviar, envie, enviem, envia, enviarem, mandar, mande, mandem, manda, mandarem, escrever, "
            "escrevam, escreva, contatar, contate, contatem, contactar, contactado, contatado, incomodar, "
            "incomodem, incomode, perturbar, perturbem, me mandar, me enviar, envio"
        ),
        "R": "receber, recebe los, ver",
        "K": "me enviando, me mandando, enviando, mandando",
        "O": (
            "mensagens, mensagem, msgs, msg, propaganda, propagandas, publicidade, promoções, promoção, "
            "promocionais, ofertas, newsletter, sms, spam, notificações, avisos, anúncios, comunicações, "
            "inscrição, assinatura, cadastro, lista, marketing, coisas, campanhas"
        ),
        "N": "não, nao, nenhum, nenhuma, nunca, nem, sem, n",
        "M": "mais, novamente, de novo, outra vez",
        "W": "quero, queria, gostaria, desejo, queremos, preciso",
        "D": "um, uma, próxima",
        "F": (
            "me, eu, de, a, o, as, os, da, do, das, dos, essa, essas, esse, esses, esta, estas, estes, isso, "
            "por favor, favor, pf, pfv, pfvr, obrigado, obrigada, oi, olá, bom dia, boa tarde, já, agora, "
            "todas, todos, suas, sua, seus, minha, meu, número, e, em, na, no, com, pra, para, imediatamente, "
            "que, ser, por gentileza, whatsapp, vocês, nada, por, gente, mim, vossas, dessa, desse, desta, "
            "deste, nessa, nunca mais"
        ),
    },
    "ar": {
        "S": (
            "توقف, توقفوا, توقفي, قف, وقفوا, وقفو, أوقفوا, أوقف, كفى, كفاية, ستوب, stop, إلغاء الاشتراك, "
            "الغاء اشتراكي, الغي اشتراكي, الغوا اشتراكي, الغي الاشتراك, ألغ الاشتراك, احذفوني, احذفني, شيلوني, "
            "شيلني, أزيلوني, أزلني, إزالة رقمي, احذفوا رقمي, احذف رقمي, اتركوني"
        ),
        "T": "اشترك, اشتراك, اشتركوا, سجلني, سجلوني, تفعيل الاشتراك, إعادة الاشتراك, الاشتراك",
        "B": "ابدأ, ابدؤوا, ابدأوا, استئناف, استأنفوا, بدء, start",
        "H": (
            "إلغاء, الغي, ألغوا, إيقاف, وقف, أوقف, أوقفوا, توقف عن, توقفوا عن, التوقف عن, بطلوا, بطل, حذف, "
            "احذف, احذفوا, أزل, أزيلوا, شيلوا, شيل, إنهاء, تعطيل, منع, امنعوا"
        ),
        "G": (
            "ترسل, ترسلوا, ترسلو, ترسلي, إرسال, الإرسال, تبعث, تبعثوا, تبعثو, تبعثولي, تكتب, تكتبوا, "
            "تكتبوا لي, تراسلني, تراسلوني, مراسلتي, المراسلة, تتواصل, تتواصلوا, التواصل, تزعجني, تزعجوني, "
            "إزعاجي, الإزعاج, ترسلولي, تبعتولي, تبعتو, تبعت, ترسلون, ارسل, إرسالها"
        ),
        "R": "استلام, تلقي, استقبال, أتلقى, أستلم, استقبل, تصلني",
        "K": "بعث",
        "O": (
            "رسائل, الرسائل, رسالة, رسايل, إعلانات, الإعلانات, عروض, العروض, اشتراكي, إشعارات, الإشعارات, "
            "دعاية, الدعاية, دعايات, الدعايات, ترويجية, الترويجية, تسويقية, التسويقية, القائمة, قائمتكم, "
            "رسائلكم, رسايلكم, عروضكم, إعلاناتكم, إعلانية, الإعلانية, سبام, شيء, شي, أي شيء"
        ),
        "N": "لا, عدم, ما, مش, مو, لن",
        "M": "أخرى, المزيد, مزيد, المزيد من, بعد الآن, بعد اليوم, مرة أخرى, مرة ثانية, تاني, ثاني, أكثر",
        "W": "أريد, ارغب, أرغب في, ابي, أبغى, ابغا, عايز, عاوز, عايزة, بدي, أود, نريد",
        "F": (
            "من, فضلك, فضلكم, من فضلك, من فضلكم, لو سمحت, لو سمحتم, رجاء, الرجاء, أرجو, أرجوكم, شكرا, "
            "السلام عليكم, مرحبا, لي, إلي, عن, على, في, هذه, هذا, كل, جميع, أي, أنا, يا, أن, الآن, فورا, حالا, "
            "رقمي, و, واتساب, الواتساب, منكم, بي, مني, معي, إلى, اسمي, جماعة, ارجوك, بقى, خلاص"
        ),
    },
    "th": {
        "S": (
            "หยุด, หยุดส่ง, เลิกส่ง, เลิกรับ, ยกเลิกรับ, ยกเลิกการรับ, ยกเลิกการสมัคร, ยกเลิกสมาชิก, "
            "ยกเลิกการเป็นสมาชิก, ยกเลิกการติดตาม, เลิกติดตาม, สต็อป, สต๊อป, สตอป, ลบเบอร์, ลบชื่อ, "
            "เอาชื่อออก, เอาเบอร์ออก, ถอนการสมัคร, stop, พอแล้ว, ยกเลิกข่าวสาร"
        ),
        "T": "สมัครรับ, สมัครสมาชิก, สมัคร, กลับมารับ, ติดตาม",
        "B": "เริ่ม, เริ่มส่ง, เริ่มใหม่, start",
        "H": "ยกเลิก, เลิก, งด, ปิด, ระงับ, บล็อก, ลบ, ถอน",
        "G": "ส่ง, ส่งมา, ทักมา, ทัก, ติดต่อ, รบกวน, ส่งข้อความ, รับ, เอา",
        "R": "ได้รับ",
        "O": (
            "ข้อความ, ข่าวสาร, ข่าว, โฆษณา, โปรโมชั่น, โปรโมชัน, โปร, ข้อเสนอ, การแจ้งเตือน, แจ้งเตือน, สแปม, "
            "การตลาด, รายชื่อ, ประชาสัมพันธ์, เมสเสจ"
        ),
        "N": "ไม่, อย่า, ห้าม, ไม่ต้อง",
        "M": "อีก, อีกแล้ว, อีกต่อไป, เพิ่ม, แล้ว, ต่อไป",
        "W": "ต้องการ, อยาก, ขอ, อยากให้, ประสงค์, ประสงค์จะ, อยากได้",
        "F": (
            "ครับ, ค่ะ, คะ, นะ, จ้า, จ้ะ, กรุณา, โปรด, ช่วย, ด้วย, ผม, ฉัน, ดิฉัน, เรา, หนู, ให้, มา, หา, ที, "
            "การ, ที่, จาก, ของ, คุณ, ร้าน, ทาง, นี้, ทั้งหมด, ทุก, เดี๋ยวนี้, ทันที, หน่อย, ขอบคุณ, สวัสดี, "
            "เบอร์, กับ, เลย, สักที, ซะที, จะ, พวก, ค่า, คับ, ฮะ, มาให้, ขอร้อง, ได้, ออก, ไป, แก่, ตลอด, ถึง"
        ),
    },
    "zh": {
        "S": (
            "停止, 停, 退订, 退訂, 取消订阅, 取消訂閱, 拒收, 取消关注, 取消關注, td, 别发了, 別發了, 别再发, "
            "別再發, 不要再发, 不要再發, 移除我, 删除我, 刪除我, 不接收, 不再接收, 拒绝接收, 拒絕接收, 拒绝, "
            "拒絕, 够了, 夠了, stop, 取消订閱, 屏蔽"
        ),
        "T": "订阅, 訂閱, 重新订阅, 重新訂閱, 恢复订阅, 恢復訂閱",
        "B": "开始, 開始, 恢复, 恢復, 继续, 繼續, start",
        "H": "取消, 停止, 关闭, 關閉, 结束, 結束, 终止, 終止, 移除, 删除, 刪除, 停, 停掉, 关掉, 關掉",
        "G": (
            "发, 發, 发送, 發送, 发来, 發來, 寄, 传, 傳, 打扰, 打擾, 骚扰, 騷擾, 联系, 聯繫, 推送, 群发, 群發, "
            "给我发, 給我發"
        ),
        "R": "收到, 接收, 收, 看到",
        "O": (
            "消息, 訊息, 信息, 短信, 簡訊, 广告, 廣告, 推广, 推廣, 促销, 促銷, 营销, 營銷, 行銷, 优惠, 優惠, "
            "通知, 垃圾, 邮件, 郵件, 名单, 名單, 列表, 内容, 內容, 资讯, 資訊, 宣传, 宣傳, 垃圾短信, 垃圾信息, "
            "推销, 推銷, 东西, 東西"
        ),
        "N": "不, 别, 別, 勿, 请勿, 請勿, 不再, 不用, 甭",
        "NW": "不要, 不想, 不需要, 不希望, 不愿意, 不願意, 不想要, 不想再, 不要再",
        "M": "再, 更多, 任何, 了",
        "W": "想, 要, 希望, 愿意, 願意, 需要, 我要",
        "F": (
            "请, 請, 谢谢, 謝謝, 你好, 您好, 我, 给, 給, 给我, 給我, 你们, 你們, 您, 你, 的, 吧, 啊, 这, 這, "
            "这些, 這些, 这个, 這個, 这种, 這種, 这类, 這類, 所有, 全部, 马上, 馬上, 立即, 立刻, 向, 从, 從, "
            "把, 麻烦, 麻煩, 过来, 過來, 来, 來, 对, 對, 啦, 呀, 一切, 号码, 號碼, 以后, 以後, 现在, 現在, 都, "
            "就, 类, 類, 中, 里, 裡, 上, 下, 名, 群, 我们, 我們"
        ),
    },
}
