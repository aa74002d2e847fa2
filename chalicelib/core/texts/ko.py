"""Korean, in the formal polite style."""

TEXTS = {
    "instant_reply": (
        "{first_name}님, 안녕하세요. 메시지를 보내 주셔서 감사합니다! "
        "{usual_response_time} 답변드리겠습니다."
    ),
    "away_message": (
        "메시지를 보내 주셔서 감사합니다! 지금은 영업시간이 아닙니다. "
        "{opens_at} 다시 영업을 시작합니다."
    ),
    "handover_notice": "감사합니다! 담당자가 최대한 빨리 답변드리겠습니다.",
    "notification_request": "{first_name}님, 소식이 있으면 알려 드리겠습니다.",
    "stop_confirmation": (
        "알겠습니다. 앞으로 알림을 보내지 않겠습니다. 다시 받으시려면 START라고 보내 주십시오."
    ),
    "start_confirmation": "다시 찾아 주셔서 감사합니다! 알림을 다시 보내 드리겠습니다.",
    "contact_information": "다음 방법으로 연락하실 수 있습니다:",
    "phone_label": "전화",
    "email_label": "이메일",
    "contact_details": ("어떻게 연락드리면 될까요? 전화번호나 이메일 주소를 알려 주시기 바랍니다."),
    "ad_questions": "{first_name}님, 안녕하세요. 반갑습니다! 무엇이 궁금하십니까?",
    "list_button": "선택하기",
    "notification_word": "알려 주세요",
    "opt_in_list": "알림을 신청하신 항목입니다. 더 이상 받고 싶지 않은 항목을 눌러 주세요:",
    "opt_in_list_empty": "현재 신청하신 알림이 없습니다.",
    "marketing_topic": "혜택 및 소식",
    "stop_all": "모두 중지",
    "stop_topic_confirmation": "알겠습니다. 이 내용에 대한 알림을 더 이상 보내지 않겠습니다.",
    "handover_request": "네, 알겠습니다. 담당자가 이어받아 여기에서 답변드리겠습니다.",
    "handover_missed": "담당자가 이어받아 여기에서 답변드리겠습니다.",
    "handover_closed": (
        "감사합니다! 지금은 영업시간이 아닙니다. {opens_at} 다시 영업을 시작하면 "
        "담당자가 여기에서 답변드리겠습니다."
    ),
    "still_waiting": "기다리시게 해서 죄송합니다. 담당자가 여기에서 답변드리겠습니다.",
    "other_ways": "다음 방법으로도 연락하실 수 있습니다:",
    "closing_message": (
        "문의해 주셔서 감사합니다! 더 궁금하신 점이 있으시면 언제든지 메시지를 보내 주십시오."
    ),
    "feedback_request": "저희 상담에 얼마나 만족하셨습니까?",
    "feedback_title": "저희 서비스는 어떠셨습니까?",
    "feedback_subtitle": "한 번만 누르시면 됩니다",
    "feedback_button": "평가하기",
    "feedback_thanks": "소중한 의견 감사합니다!",
    "feedback_1": "매우 불만족",
    "feedback_2": "불만족",
    "feedback_3": "보통",
    "feedback_4": "만족",
    "feedback_5": "매우 만족",
    "disclosure": (
        "지금은 자동 응답 도우미가 답변하고 있습니다. 언제든지 담당자를 요청하실 수 있습니다."
    ),
    "page_recommended": "{first_name}님, 저희를 추천해 주셔서 감사합니다! 정말 기쁩니다.",
    "page_not_recommended": (
        "{first_name}님, 만족을 드리지 못해 죄송합니다. "
        "어떤 점이 불편하셨는지 알려 주시면 바로잡겠습니다."
    ),
    "job_application": (
        "{first_name}님, 지원해 주셔서 감사합니다! 지원서를 검토한 후 연락드리겠습니다."
    ),
    "private_reply": (
        "{first_name}님, 댓글을 남겨 주셔서 감사합니다! "
        "무엇을 도와드릴까요? 여기로 답해 주시면 됩니다."
    ),
}

KEYWORDS = {
    "opt_in_list": ("내 알림", "내 구독", "알림 목록", "구독 목록", "신청한 알림"),
    "contact_information": (
        *(
            "연락처 알려",
            "연락처가 어떻게",
            "연락처가 뭐",
            "연락처 좀",
            "전화번호 알려",
            "전화번호가 어떻게",
        ),
        *("전화번호가 뭐", "전화번호 좀", "이메일 주소 알려", "이메일 주소가", "홈페이지 주소"),
        *("고객센터 번호", "대표번호", "어떻게 연락"),
    ),
    "location": (
        *(
            "위치가 어",
            "위치 알려",
            "주소 알려",
            "주소가 어",
            "주소 좀",
            "매장 주소",
            "매장 위치",
            "오시는 길",
            "가는 길",
            "찾아가는 길",
            "약도",
        ),
        *("어디에 있나요", "어디 있나요", "어디인가요", "어디예요"),
    ),
    "contact_details": (
        *("전화 주세요", "전화해 주세요", "전화 부탁", "연락 주세요", "연락해 주세요"),
        *("연락 부탁", "전화 좀 주세요"),
    ),
}

# Asked for as the whole message: "배송 주소 변경해 주세요" does not ask for ours.
ALONE = {
    "contact_information": (
        "연락처",
        "연락처요",
        "전화번호",
        "전화번호요",
        "전화 번호",
        "이메일 주소",
    ),
    "location": ("위치", "위치요", "주소", "주소요"),
}

FALLBACKS = {
    "first_name": "고객",
    "usual_response_time": "최대한 빨리",
    "opens_at": "곧",
}
WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")
MONTHS = tuple(f"{number}월" for number in range(1, 13))
AT_TODAY = "{clock}에"
AT_WEEKDAY = "{weekday} {clock}에"
AT_DATE = "{month} {day}일 {weekday} {clock}에"
IN_ABOUT = "약 {count} 이내에"
COUNTS = {
    "minute": ("1분", "{n}분"),
    "hour": ("1시간", "{n}시간"),
    "day": ("1일", "{n}일"),
}
