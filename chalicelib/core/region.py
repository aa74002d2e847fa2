"""In which country a WhatsApp customer is, by phone number or user id: prices and the pause of
marketing to the United States depend on it.

A table of calling codes (ITU-T E.164, list of 2016-12-15 with its amendments) is all that is
needed: the `phonenumbers` package would be larger than the rest of the program. Numbers of a shared
code that no area code tells apart count for the largest country.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

# Country by calling code; a longer code goes before a shorter one.
_CODES = """
20 EG 211 SS 212 MA 213 DZ 216 TN 218 LY 220 GM 221 SN 222 MR 223 ML 224 GN 225 CI 226 BF 227 NE
228 TG 229 BJ 230 MU 231 LR 232 SL 233 GH 234 NG 235 TD 236 CF 237 CM 238 CV 239 ST 240 GQ 241 GA
242 CG 243 CD 244 AO 245 GW 246 IO 248 SC 249 SD 250 RW 251 ET 252 SO 253 DJ 254 KE 255 TZ 256 UG
257 BI 258 MZ 260 ZM 261 MG 262 RE 263 ZW 264 NA 265 MW 266 LS 267 BW 268 SZ 269 KM 27 ZA 290 SH
291 ER 297 AW 298 FO 299 GL 30 GR 31 NL 32 BE 33 FR 34 ES 350 GI 351 PT 352 LU 353 IE 354 IS 355 AL
356 MT 357 CY 358 FI 359 BG 36 HU 370 LT 371 LV 372 EE 373 MD 374 AM 375 BY 376 AD 377 MC 378 SM
380 UA 381 RS 382 ME 383 XK 385 HR 386 SI 387 BA 389 MK 39 IT 40 RO 41 CH 420 CZ 421 SK 423 LI 43 AT
44 GB 45 DK 46 SE 47 NO 48 PL 49 DE 500 FK 501 BZ 502 GT 503 SV 504 HN 505 NI 506 CR 507 PA 508 PM
509 HT 51 PE 52 MX 53 CU 54 AR 55 BR 56 CL 57 CO 58 VE 590 GP 591 BO 592 GY 593 EC 594 GF 595 PY
596 MQ 597 SR 598 UY 599 CW 60 MY 61 AU 62 ID 63 PH 64 NZ 65 SG 66 TH 670 TL 672 NF 673 BN 674 NR
675 PG 676 TO 677 SB 678 VU 679 FJ 680 PW 681 WF 682 CK 683 NU 685 WS 686 KI 687 NC 688 TV 689 PF
690 TK 691 FM 692 MH 7 RU 76 KZ 77 KZ 81 JP 82 KR 84 VN 850 KP 852 HK 853 MO 855 KH 856 LA 86 CN
880 BD 886 TW 90 TR 91 IN 92 PK 93 AF 94 LK 95 MM 960 MV 961 LB 962 JO 963 SY 964 IQ 965 KW 966 SA
967 YE 968 OM 970 PS 971 AE 972 IL 973 BH 974 QA 975 BT 976 MN 977 NP 98 IR 992 TJ 993 TM 994 AZ
995 GE 996 KG 998 UZ
"""
# Area codes below +1 that are not of the United States (NANPA, area code maps and relief planning,
# read 2026-11). One that is missing here counts as a number of the United States, which refuses
# more, never less.
_AREAS = {
    "CA": "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 "
    "450 460 468 474 506 514 519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 "
    "753 778 780 782 807 819 825 851 867 873 879 902 905 942",
    "BS": "242",
    "BB": "246",
    "AI": "264",
    "AG": "268",
    "VG": "284",
    "KY": "345",
    "BM": "441",
    "GD": "473",
    "TC": "649",
    "JM": "658 876",
    "MS": "664",
    "SX": "721",
    "LC": "758",
    "DM": "767",
    "VC": "784",
    "DO": "809 829 849",
    "TT": "868",
    "KN": "869",
}


class Region(Struct, frozen=True):
    """`country`: ISO 3166 code, None if unknown. `is_us_number`: a +1 number that is not known to
    be of another country."""

    country: str | None = None
    is_us_number: bool = False


UNKNOWN = Region()


def region_of(contact: str) -> Region:
    """Of a phone number with its country code ("+90...", "90..."), or of a business-scoped user id,
    which begins with its country ("TR.1A2B"; no more than seen in samples, changelog of WhatsApp,
    2026-06-26). Territories of the United States below +1 are the United States."""
    prefix, dot, _rest = contact.partition(".")
    if dot:
        is_country = len(prefix) == 2 and prefix.isascii() and prefix.isalpha() and prefix.isupper()
        return Region(prefix, prefix == "US") if is_country else UNKNOWN
    digits = contact.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return UNKNOWN
    return _of_shared_code(digits) if digits.startswith("1") else _of_code(digits)


def _of_shared_code(digits: str) -> Region:
    country = _areas().get(digits[1:4], "US")
    return Region(country, country == "US")


def _of_code(digits: str) -> Region:
    codes = _codes()
    found = (codes[digits[:length]] for length in (3, 2, 1) if digits[:length] in codes)
    return Region(next(found, None))


@cache
def _codes() -> dict[str, str]:
    words = _CODES.split()
    return dict(zip(words[::2], words[1::2], strict=True))


@cache
def _areas() -> dict[str, str]:
    return {area: country for country, areas in _AREAS.items() for area in areas.split()}
