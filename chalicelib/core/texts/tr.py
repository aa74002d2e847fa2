"""Turkish, with the polite form of address."""

TEXTS = {
    "instant_reply": (
        "Merhaba {first_name}, mesajınız için teşekkür ederiz! "
        "Size {usual_response_time} yanıt vereceğiz."
    ),
    "away_message": (
        "Mesajınız için teşekkür ederiz! Şu anda kapalıyız, {opens_at} yeniden hizmetinizdeyiz."
    ),
    "handover_notice": "Teşekkür ederiz! Bir çalışanımız size en kısa sürede yanıt verecek.",
    "notification_request": "Merhaba {first_name}, size haber vereceğiz.",
    "stop_confirmation": (
        "Tamam, size artık bildirim göndermeyeceğiz. "
        "Fikrinizi değiştirirseniz START yazabilirsiniz."
    ),
    "start_confirmation": "Yeniden hoş geldiniz! Bildirimlerimizi tekrar alacaksınız.",
    "contact_information": "Bize şu yollardan ulaşabilirsiniz:",
    "phone_label": "Telefon",
    "email_label": "E-posta",
    "contact_details": (
        "Size nasıl ulaşabiliriz? Lütfen telefon numaranızı veya e-posta adresinizi paylaşın."
    ),
    "ad_questions": "Merhaba {first_name}, hoş geldiniz! Neyi öğrenmek istersiniz?",
    "list_button": "Seçin",
    "notification_word": "Haber verin",
    "opt_in_list": "Size haber vermemizi istediğiniz konular bunlar. Artık istemediğinize dokunun:",
    "opt_in_list_empty": "Şu anda size haber vermemizi istediğiniz bir konu yok.",
    "marketing_topic": "Kampanya ve haberler",
    "stop_all": "Hepsini durdur",
    "stop_topic_confirmation": "Tamam, size artık bu konuda yazmayacağız.",
    "handover_request": "Elbette. Bir çalışanımız konuşmayı devralıp size buradan yanıt verecek.",
    "handover_missed": "Bir çalışanımız konuşmayı devralıp size buradan yanıt verecek.",
    "handover_closed": (
        "Teşekkür ederiz! Şu anda kapalıyız; {opens_at} yeniden hizmetinizdeyiz "
        "ve bir çalışanımız size buradan yanıt verecek."
    ),
    "still_waiting": (
        "Beklettiğimiz için özür dileriz. Bir çalışanımız size buradan yanıt verecek."
    ),
    "other_ways": "Bize şu yollardan da ulaşabilirsiniz:",
    "closing_message": (
        "Bize yazdığınız için teşekkür ederiz! Başka bir sorunuz olursa buradan yazmanız yeterli."
    ),
    "feedback_request": "Yardımımızdan ne kadar memnun kaldınız?",
    "feedback_title": "Hizmetimiz nasıldı?",
    "feedback_subtitle": "Tek soru, tek dokunuş",
    "feedback_button": "Değerlendirin",
    "feedback_thanks": "Geri bildiriminiz için teşekkür ederiz!",
    "feedback_1": "Hiç memnun değilim",
    "feedback_2": "Memnun değilim",
    "feedback_3": "Kararsızım",
    "feedback_4": "Memnunum",
    "feedback_5": "Çok memnunum",
    "disclosure": (
        "Size otomatik bir asistan yanıt veriyor. "
        "Dilediğiniz zaman bir çalışanımızla görüşmek isteyebilirsiniz."
    ),
    "page_recommended": (
        "Merhaba {first_name}, bizi tavsiye ettiğiniz için teşekkür ederiz! Çok mutlu olduk."
    ),
    "page_not_recommended": (
        "Merhaba {first_name}, memnun kalmadığınız için üzgünüz. "
        "Lütfen neyin ters gittiğini bize yazın, düzeltmek isteriz."
    ),
    "job_application": (
        "Merhaba {first_name}, başvurunuz için teşekkür ederiz! "
        "Başvurunuzu inceleyip size dönüş yapacağız."
    ),
    "private_reply": (
        "Merhaba {first_name}, yorumunuz için teşekkür ederiz! "
        "Size nasıl yardımcı olabiliriz? Buradan yanıtlamanız yeterli."
    ),
}

KEYWORDS = {
    "opt_in_list": ("bildirimlerim", "bildirimlerimi", "aboneliklerim", "aboneliklerimi"),
    "contact_information": (
        *("iletişim bilgileri", "iletişim bilgileriniz", "telefon numarası nedir"),
        *("telefon numarası var mı", "telefon numarası alabilir miyim", "iletişim numarası"),
        *("telefon numaranız", "telefon numaranızı", "telefonunuz"),
        *("numaranız", "numaranızı", "e-posta adresiniz", "mail adresiniz", "web siteniz"),
        *("size nasıl ulaşabilirim", "nasıl ulaşabilirim"),
    ),
    "location": (
        *("adresiniz", "adresinizi", "adresiniz nerede", "adres lütfen", "adres nedir"),
        *("adres nerede", "konum atın", "konum gönderin", "konum lütfen"),
        *("konumunuz", "konumunuzu", "konum atar mısınız", "yol tarifi", "neredesiniz"),
        *("yeriniz nerede", "mağazanız nerede", "dükkanınız nerede"),
    ),
    "contact_details": (
        *("beni arayın", "beni arar mısınız", "arar mısınız", "bana ulaşın"),
        *("benimle iletişime geçin", "beni ara"),
    ),
}

# Asked for as the whole message: "siparişimin adresi yanlış" does not ask for ours.
ALONE = {
    "contact_information": ("iletişim", "iletisim", "telefon numarası", "telefon"),
    "location": ("adres", "adresi", "konum", "konumu"),
}

FALLBACKS = {
    "first_name": "değerli müşterimiz",
    "usual_response_time": "en kısa sürede",
    "opens_at": "yakında",
}
WEEKDAYS = ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar")
MONTHS = (
    *("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran"),
    *("Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"),
)
# "as of": the other endings for "at" depend on how the number is spoken.
AT_TODAY = "saat {clock} itibarıyla"
AT_WEEKDAY = "{weekday} {clock} itibarıyla"
AT_DATE = "{day} {month} {weekday} {clock} itibarıyla"
IN_ABOUT = "yaklaşık {count} içinde"
COUNTS = {
    "minute": ("1 dakika", "{n} dakika"),
    "hour": ("1 saat", "{n} saat"),
    "day": ("1 gün", "{n} gün"),
}
