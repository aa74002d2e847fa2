"""Azerbaijani, with the polite form of address."""

TEXTS = {
    "instant_reply": (
        "Salam {first_name}, mesajınız üçün təşəkkür edirik! "
        "Sizə {usual_response_time} cavab verəcəyik."
    ),
    "away_message": (
        "Mesajınız üçün təşəkkür edirik! Hazırda bağlıyıq. Yenidən xidmətinizdəyik: {opens_at}."
    ),
    "handover_notice": "Təşəkkür edirik! Əməkdaşımız sizə ən qısa zamanda cavab verəcək.",
    "notification_request": "Salam {first_name}, sizə xəbər verəcəyik.",
    "stop_confirmation": (
        "Yaxşı, sizə daha bildiriş göndərməyəcəyik. Fikrinizi dəyişsəniz, START yazın."
    ),
    "start_confirmation": "Yenidən xoş gəlmisiniz! Bildirişlərimizi yenə alacaqsınız.",
    "contact_information": "Bizimlə belə əlaqə saxlaya bilərsiniz:",
    "phone_label": "Telefon",
    "email_label": "E-poçt",
    "contact_details": (
        "Sizinlə necə əlaqə saxlaya bilərik? "
        "Zəhmət olmasa, telefon nömrənizi və ya e-poçt ünvanınızı göndərin."
    ),
    "ad_questions": "Salam {first_name}, xoş gəlmisiniz! Nəyi bilmək istəyirsiniz?",
    "list_button": "Seçin",
    "notification_word": "Xəbər verin",
    "opt_in_list": (
        "Sizə xəbər verməyimizi istədiyiniz mövzular bunlardır. Artıq istəmədiyinizə toxunun:"
    ),
    "opt_in_list_empty": "Hazırda sizə xəbər verməyimizi istədiyiniz mövzu yoxdur.",
    "marketing_topic": "Kampaniya və xəbərlər",
    "stop_all": "Hamısını dayandır",
    "stop_topic_confirmation": "Oldu, sizə artıq bu barədə yazmayacağıq.",
    "handover_request": "Əlbəttə. Əməkdaşımız söhbətə qoşulub sizə burada cavab verəcək.",
    "handover_missed": "Əməkdaşımız söhbətə qoşulub sizə burada cavab verəcək.",
    "handover_closed": (
        "Təşəkkür edirik! Hazırda bağlıyıq, açılanda əməkdaşımız sizə burada cavab verəcək. "
        "Yenidən xidmətinizdəyik: {opens_at}."
    ),
    "still_waiting": ("Gözlətdiyimiz üçün üzr istəyirik. Əməkdaşımız sizə burada cavab verəcək."),
    "other_ways": "Bizimlə belə də əlaqə saxlaya bilərsiniz:",
    "closing_message": (
        "Bizə yazdığınız üçün təşəkkür edirik! Başqa sualınız olsa, bura yazmağınız kifayətdir."
    ),
    "feedback_request": "Köməyimizdən nə dərəcədə razı qaldınız?",
    "feedback_title": "Xidmətimiz necə idi?",
    "feedback_subtitle": "Bir sual, bir toxunuş",
    "feedback_button": "Qiymətləndirin",
    "feedback_thanks": "Rəyiniz üçün təşəkkür edirik!",
    "feedback_1": "Heç razı deyiləm",
    "feedback_2": "Razı deyiləm",
    "feedback_3": "Orta",
    "feedback_4": "Razıyam",
    "feedback_5": "Çox razıyam",
    "disclosure": (
        "Sizə avtomatik köməkçi cavab verir. "
        "İstədiyiniz vaxt əməkdaşımızla danışmağı xahiş edə bilərsiniz."
    ),
    "page_recommended": (
        "Salam {first_name}, bizi tövsiyə etdiyiniz üçün təşəkkür edirik! Çox sevindik."
    ),
    "page_not_recommended": (
        "Salam {first_name}, razı qalmadığınız üçün təəssüf edirik. "
        "Zəhmət olmasa, nəyin yaxşı getmədiyini bizə yazın, düzəltmək istəyirik."
    ),
    "job_application": (
        "Salam {first_name}, müraciətiniz üçün təşəkkür edirik! Ona baxıb sizə cavab verəcəyik."
    ),
    "private_reply": (
        "Salam {first_name}, şərhiniz üçün təşəkkür edirik! "
        "Sizə necə kömək edə bilərik? Bura cavab yazmağınız kifayətdir."
    ),
}

KEYWORDS = {
    "opt_in_list": ("bildirişlərim", "bildirişlərimi", "abunəliklərim", "abunəliklərimi"),
    "contact_information": (
        *("əlaqə məlumatları", "əlaqə nömrəsi", "əlaqə nömrəniz", "telefon nömrəsi nədir"),
        *("telefon nömrəsi var", "əlaqə vasitələri"),
        *("telefon nömrəniz", "nömrəniz", "nömrənizi"),
        *("e-poçt ünvanınız", "mail ünvanınız", "saytınız", "necə əlaqə saxlaya bilərəm"),
    ),
    "location": (
        *("ünvanınız", "ünvanınızı", "ünvanınız haradadır", "ünvan haradadır", "ünvan nədir"),
        *("haradasınız", "hardasınız", "yeriniz haradadır", "mağazanız haradadır"),
        *("məkanınız", "lokasiya atın", "lokasiyanız"),
    ),
    "contact_details": (
        *("mənə zəng edin", "mənə zəng edərsiniz", "zəng edə bilərsiniz"),
        *("mənimlə əlaqə saxlayın", "mənə zəng vurun"),
    ),
}

# Asked for as the whole message: "mənim ünvanı dəyişin" does not ask for ours.
ALONE = {
    "contact_information": ("əlaqə", "elaqe", "telefon nömrəsi", "telefon"),
    "location": ("ünvan", "ünvanı", "unvan", "lokasiya"),
}

FALLBACKS = {
    "first_name": "hörmətli müştəri",
    "usual_response_time": "ən qısa zamanda",
    "opens_at": "tezliklə",
}
WEEKDAYS = (
    *("bazar ertəsi", "çərşənbə axşamı", "çərşənbə"),
    *("cümə axşamı", "cümə", "şənbə", "bazar"),
)
MONTHS = (
    *("yanvar", "fevral", "mart", "aprel", "may", "iyun"),
    *("iyul", "avqust", "sentyabr", "oktyabr", "noyabr", "dekabr"),
)
# Without an ending for "at", which depends on how the number is spoken.
AT_TODAY = "saat {clock}"
AT_WEEKDAY = "{weekday}, saat {clock}"
AT_DATE = "{day} {month}, {weekday}, saat {clock}"
IN_ABOUT = "təxminən {count} ərzində"
COUNTS = {
    "minute": ("1 dəqiqə", "{n} dəqiqə"),
    "hour": ("1 saat", "{n} saat"),
    "day": ("1 gün", "{n} gün"),
}
