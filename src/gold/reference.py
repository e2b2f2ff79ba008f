"""Reference data that no feed brings: countries and maturity ratings."""

from collections.abc import Mapping
from dataclasses import dataclass

# Country as the catalogue writes it: ISO 3166-1 alpha-2 code, by region (United Nations M49).
# States that no longer exist have no code ("-").
_COUNTRIES_BY_REGION = {
    "Africa": """
        Algeria DZ, Angola AO, Benin BJ, Botswana BW, Burkina Faso BF, Burundi BI, Cabo Verde CV, Cameroon CM,
        Central African Republic CF, Chad TD, Comoros KM, Congo CG, Democratic Republic of the Congo CD, Djibouti DJ,
        Egypt EG, Equatorial Guinea GQ, Eritrea ER, Eswatini SZ, Ethiopia ET, Gabon GA, Gambia GM, Ghana GH, Guinea GN,
        Guinea-Bissau GW, Ivory Coast CI, Kenya KE, Lesotho LS, Liberia LR, Libya LY, Madagascar MG, Malawi MW, Mali ML,
        Mauritania MR, Mauritius MU, Morocco MA, Mozambique MZ, Namibia NA, Niger NE, Nigeria NG, Rwanda RW,
        Sao Tome and Principe ST, Senegal SN, Seychelles SC, Sierra Leone SL, Somalia SO, South Africa ZA,
        South Sudan SS, Sudan SD, Tanzania TZ, Togo TG, Tunisia TN, Uganda UG, Zambia ZM, Zimbabwe ZW""",
    "Americas": """
        Antigua and Barbuda AG, Argentina AR, Aruba AW, Bahamas BS, Barbados BB, Belize BZ, Bermuda BM, Bolivia BO,
        Brazil BR, Canada CA, Cayman Islands KY, Chile CL, Colombia CO, Costa Rica CR, Cuba CU, Dominica DM,
        Dominican Republic DO, Ecuador EC, El Salvador SV, Greenland GL, Grenada GD, Guatemala GT, Guyana GY, Haiti HT,
        Honduras HN, Jamaica JM, Mexico MX, Nicaragua NI, Panama PA, Paraguay PY, Peru PE, Puerto Rico PR,
        Saint Kitts and Nevis KN, Saint Lucia LC, Saint Vincent and the Grenadines VC, Suriname SR,
        Trinidad and Tobago TT, United States US, Uruguay UY, Venezuela VE""",
    "Asia": """
        Afghanistan AF, Armenia AM, Azerbaijan AZ, Bahrain BH, Bangladesh BD, Bhutan BT, Brunei BN, Cambodia KH,
        China CN, Cyprus CY, Georgia GE, Hong Kong HK, India IN, Indonesia ID, Iran IR, Iraq IQ, Israel IL, Japan JP,
        Jordan JO, Kazakhstan KZ, Kuwait KW, Kyrgyzstan KG, Laos LA, Lebanon LB, Macao MO, Malaysia MY, Maldives MV,
        Mongolia MN, Myanmar MM, Nepal NP, North Korea KP, Oman OM, Pakistan PK, Palestine PS, Philippines PH, Qatar QA,
        Saudi Arabia SA, Singapore SG, South Korea KR, Sri Lanka LK, Syria SY, Taiwan TW, Tajikistan TJ, Thailand TH,
        Timor-Leste TL, Turkey TR, Turkmenistan TM, United Arab Emirates AE, Uzbekistan UZ, Vietnam VN, Yemen YE""",
    "Europe": """
        Albania AL, Andorra AD, Austria AT, Belarus BY, Belgium BE, Bosnia and Herzegovina BA, Bulgaria BG, Croatia HR,
        Czech Republic CZ, Czechia CZ, Czechoslovakia -, Denmark DK, East Germany -, Estonia EE, Finland FI, France FR,
        Germany DE, Greece GR, Hungary HU, Iceland IS, Ireland IE, Italy IT, Kosovo -, Latvia LV, Liechtenstein LI,
        Lithuania LT, Luxembourg LU, Malta MT, Moldova MD, Monaco MC, Montenegro ME, Netherlands NL, North Macedonia MK,
        Norway NO, Poland PL, Portugal PT, Romania RO, Russia RU, San Marino SM, Serbia RS, Slovakia SK, Slovenia SI,
        Soviet Union -, Spain ES, Sweden SE, Switzerland CH, Ukraine UA, United Kingdom GB, Vatican City VA,
        West Germany -, Yugoslavia -""",
    "Oceania": """
        Australia AU, Fiji FJ, French Polynesia PF, Guam GU, Kiribati KI, Marshall Islands MH, Micronesia FM, Nauru NR,
        New Caledonia NC, New Zealand NZ, Palau PW, Papua New Guinea PG, Samoa WS, Solomon Islands SB, Tonga TO,
        Tuvalu TV, Vanuatu VU""",
}


@dataclass(frozen=True)
class Country:
    """A country's ISO 3166-1 alpha-2 code (None for a state that no longer exists) and its M49 region."""

    iso_code: str | None
    region: str


def _countries() -> dict[str, Country]:
    countries = {}
    for region, listed in _COUNTRIES_BY_REGION.items():
        for entry in listed.split(","):
            name, _, code = entry.strip().rpartition(" ")
            countries[name] = Country(None if code == "-" else code, region)
    return countries


COUNTRIES: Mapping[str, Country] = _countries()


@dataclass(frozen=True)
class Maturity:
    """Whom a rating is for (Netflix's maturity groups) and from what age (years; None where it says nothing)."""

    audience: str
    minimum_age: int | None


# Sources: the TV Parental Guidelines and the MPA's film ratings; groups as Netflix names them.
MATURITY: Mapping[str, Maturity] = {
    "TV-Y": Maturity("Kids", 0),
    "TV-G": Maturity("Kids", 0),
    "G": Maturity("Kids", 0),
    "TV-Y7": Maturity("Older Kids", 7),
    "TV-Y7-FV": Maturity("Older Kids", 7),
    "TV-PG": Maturity("Older Kids", 7),
    "PG": Maturity("Older Kids", 7),
    "PG-13": Maturity("Teens", 13),
    "TV-14": Maturity("Teens", 14),
    "R": Maturity("Adults", 17),
    "TV-MA": Maturity("Adults", 17),
    "NC-17": Maturity("Adults", 18),
    "NR": Maturity("Not Rated", None),
    "UR": Maturity("Not Rated", None),
}


COUNTRY_SCHEMA = "country STRING, iso_code STRING, region STRING"
MATURITY_SCHEMA = "rating STRING, audience STRING, minimum_age INT"


def country_rows() -> list[tuple[str, str | None, str]]:
    """Rows of COUNTRY_SCHEMA, one per known country."""
    return [(name, country.iso_code, country.region) for name, country in COUNTRIES.items()]


def maturity_rows() -> list[tuple[str, str, int | None]]:
    """Rows of MATURITY_SCHEMA, one per known rating."""
    return [(name, maturity.audience, maturity.minimum_age) for name, maturity in MATURITY.items()]
