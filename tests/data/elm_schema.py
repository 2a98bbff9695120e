"""ELM's `loq.xsd` names schemas that do not come with it; this writes what it needs of them.

Its own types and its keys are checked as they are. Of the lists of concepts only the form of the address is checked,
and whether it is an address of that list; but for the three ways of learning that we write, the addresses themselves.
"""

import re
from pathlib import Path

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
RDF, SKOS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2004/02/skos/core#"
CONCEPTS = {
    "http://publications.europa.eu/resource/authority/language": "http://publications.europa.eu/resource/authority/language/[A-Z_]+",
    "http://publications.europa.eu/resource/authority/country": "http://publications.europa.eu/resource/authority/country/[A-Z0-9_]+",
    "http://publications.europa.eu/resource/authority/currency": "http://publications.europa.eu/resource/authority/currency/[A-Z]+",
    "http://data.europa.eu/snb/isced-f/25831c2": "http://data.europa.eu/snb/isced-f/[0-9]{2,4}",
    "http://data.europa.eu/snb/learning-assessment/25831c2": "http://data.europa.eu/snb/learning-assessment/"
    "(729f3bed4b|7813801c77|9191af2ed9|920fbb3cbe|e92d221e4d|ed4c557045)",
}
EXTERNAL = {
    "rdf": '<xs:complexType name="LangStringType"><xs:simpleContent><xs:extension base="xs:string">'
    '<xs:attribute name="language" type="xs:normalizedString" use="required"/></xs:extension></xs:simpleContent></xs:complexType>',
    "skos": '<xs:element name="notation" type="NotationType"/><xs:element name="prefLabel" type="rdf:LangStringType"/>'
    '<xs:element name="altLabel" type="rdf:LangStringType"/><xs:element name="inScheme" type="xs:anyURI"/>'
    '<xs:complexType name="ConceptType"><xs:sequence><xs:element minOccurs="0" maxOccurs="unbounded" ref="prefLabel"/>'
    '<xs:element minOccurs="0" maxOccurs="unbounded" ref="altLabel"/><xs:element minOccurs="0" ref="notation"/>'
    '<xs:element minOccurs="0" maxOccurs="unbounded" ref="inScheme"/></xs:sequence>'
    '<xs:attribute name="uri" type="xs:anyURI" use="required"/></xs:complexType>'
    '<xs:complexType name="NotationType"><xs:simpleContent><xs:extension base="xs:string">'
    '<xs:attribute name="type" type="xs:anyURI"/></xs:extension></xs:simpleContent></xs:complexType>',
    "dc": '<xs:complexType name="PeriodOfTimeType"/><xs:complexType name="LocationType"/>'
    '<xs:element name="creator" type="xs:anyURI"/><xs:element name="type" type="skos:ConceptType"/>'
    '<xs:element name="subject" type="skos:ConceptType"/>',
    "adms": '<xs:complexType name="IdentifierType"><xs:sequence><xs:element ref="skos:notation" minOccurs="0"/>'
    '<xs:element ref="dc:creator" minOccurs="0"/></xs:sequence></xs:complexType>',
    "rov": '<xs:complexType name="RegisteredOrganizationType"><xs:sequence>'
    '<xs:element ref="skos:altLabel" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>',
    "foaf": '<xs:complexType name="AgentType"/>',
    "org": "",
    "core-locn-ap": '<xs:element name="geometry"><xs:complexType><xs:sequence>'
    '<xs:element ref="clv:longitude" minOccurs="0" maxOccurs="unbounded"/>'
    '<xs:element ref="clv:latitude" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>',
    "clv": '<xs:element name="longitude" type="xs:string"/><xs:element name="latitude" type="xs:string"/>',
}
NAMES = {"rdf": RDF, "skos": SKOS, "dc": "http://purl.org/dc/terms/", "clv": "http://data.europa.eu/m8g/"}
NEEDS = {
    "skos": ("rdf",),
    "dc": ("skos",),
    "adms": ("skos", "dc"),
    "rov": ("skos",),
    "core-locn-ap": ("clv",),
}


def complete(schema: Path, folder: Path) -> str:
    """The path of a copy of the schema in `folder`, with all that it imports."""
    whole = schema.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r'xmlns:(\w+)="([^"]+)"', whole))
    lists = set(re.findall(r'[" ](?:(\w+):)?(\w[\w-]*EnumType)(?=[" ])', whole))
    (folder / "cv").mkdir()
    (folder / "external").mkdir()
    for namespace, place in re.findall(r'<xs:import namespace="([^"]+)" schemaLocation="([^"]+)"', whole):
        name = Path(place).stem
        body = EXTERNAL.get(name)
        if body is None:
            types = {kind for prefix, kind in lists if prefix and prefixes[prefix] == namespace}
            body = "".join(_concepts(kind, CONCEPTS.get(namespace, "https?://.+")) for kind in sorted(types))
        (folder / place).write_text(_schema(namespace, body, NEEDS.get(name, ())), encoding="utf-8")
    (folder / "external" / "clv.xsd").write_text(_schema(NAMES["clv"], EXTERNAL["clv"], ()), encoding="utf-8")
    own = sorted(kind for prefix, kind in lists if not prefix and f'simpleType name="{kind}"' not in whole)
    (folder / "cv" / "loq_individuals.xsd").write_text(
        _schema(prefixes["loq"], "".join(_concepts(kind, "https?://.+") for kind in own), ()),
        encoding="utf-8",
    )
    (folder / "loq.xsd").write_text(whole, encoding="utf-8")
    return str(folder / "loq.xsd")


def _concepts(name: str, pattern: str) -> str:
    return (
        f'<xs:simpleType name="{name}"><xs:restriction base="xs:anyURI"><xs:pattern value="{pattern}"/>'
        "</xs:restriction></xs:simpleType>"
    )


def _schema(namespace: str, body: str, needs: tuple[str, ...]) -> str:
    used = "".join(f' xmlns:{name}="{NAMES[name]}"' for name in needs)
    imports = "".join(f'<xs:import namespace="{NAMES[name]}" schemaLocation="{name}.xsd"/>' for name in needs)
    return (
        f'<xs:schema {XS}{used} xmlns="{namespace}" targetNamespace="{namespace}" elementFormDefault="qualified">'
        f"{imports}{body}</xs:schema>"
    )
