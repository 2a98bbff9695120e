"""What ELM calls things, for reading and writing; addresses of concepts of the EU Vocabularies."""

from __future__ import annotations

from urllib.parse import quote, unquote

NAMESPACE = "http://data.europa.eu/snb/model/ap/loq-constraints/"
NOTE = "urn:leerlijn:note:"
"""Begins the subject of a note that holds what ELM has no word for; then comes the name of a field."""
OURS = "urn:leerlijn:"
MODES = {
    "http://data.europa.eu/snb/learning-assessment/9191af2ed9": "contact",
    "http://data.europa.eu/snb/learning-assessment/e92d221e4d": "blended",
    "http://data.europa.eu/snb/learning-assessment/920fbb3cbe": "online",
}
WHEELCHAIR = {"Toegankelijk met een rolstoel.": "ja", "Niet toegankelijk met een rolstoel.": "nee"}
COUNTRIES = {"BE": "BEL", "NL": "NLD", "FR": "FRA", "DE": "DEU", "LU": "LUX", "GB": "GBR"}
LANGUAGES = {"nl": "NLD", "fr": "FRA", "en": "ENG", "de": "DEU", "tr": "TUR", "ar": "ARA", "uk": "UKR", "pl": "POL",
             "es": "SPA", "it": "ITA", "pt": "POR", "ru": "RUS", "zh": "ZHO", "ja": "JPN", "el": "ELL"}  # fmt: skip


def our_id(kind: str, source_id: str) -> str:
    """The address that a record of ours has in a file: "urn:leerlijn:run:900000001"."""
    return f"{OURS}{kind}:{quote(source_id, safe='')}"


def local_id(address: str) -> str:
    """The source's own id: of an address made by `our_id` its last part, of any other the whole."""
    return (
        unquote(address.split(":", 3)[3]) if address.startswith(OURS) and address.count(":") >= 3 else address
    )


# ISCED-F 2013, by area of our subjects; 0099: what is not classified elsewhere.
ISCED_F = {
    "talen": "0231", "nt2": "0231", "basiseducatie": "0021", "ict": "0611", "zorg": "0921", "kinderen": "0922",
    "horeca": "1013", "mode": "0723", "bouw": "0732", "metaal": "0715", "elektriciteit": "0713", "hout": "0722",
    "groen": "0812", "landbouw": "0811", "lichaamsverzorging": "1012", "handel": "0416", "logistiek": "1041",
    "vervoer": "1041", "algemene vorming": "0011", "kunst": "0213", "sport": "1014", "toerisme": "1015",
    "schoonmaak": "1011", "veiligheid": "1022", "persoonlijk": "0031", "evc": "0031",
}  # fmt: skip
NO_FIELD = "0099"
