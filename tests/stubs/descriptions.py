"""The providers' own descriptions of their APIs, as an oracle for the form of what we send."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

Schema = dict[str, Any]


class Description:
    """An OpenAPI file. Parts of an `allOf` become one schema, closed if one of them is: so it is meant there."""

    def __init__(self, file: Path, *, closed: bool = False) -> None:
        self._closed = closed
        text = file.read_text(encoding="utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._whole = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=loader)  # noqa: S506

    def request_schema(self, path: str, method: str = "post") -> Schema:
        content = self._whole["paths"][path][method]["requestBody"]["content"]
        schema = self._plain(next(iter(content.values()))["schema"])
        return schema | ({"additionalProperties": False} if self._closed else {})

    def problems(self, path: str, body: object) -> list[str]:
        """What is wrong with a request's body by the description; nothing when it is right."""
        errors = Draft4Validator(self.request_schema(path)).iter_errors(body)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]

    def _plain(self, schema: Schema, *, parent: bool = False) -> Schema:
        if "$ref" in schema:
            return self._plain(self._named(schema["$ref"]), parent=parent)
        made = {key: value for key, value in schema.items() if key not in ("allOf", "discriminator")}
        for part in schema.get("allOf", ()):
            inner = self._plain(part, parent=True)
            made["properties"] = made.get("properties", {}) | inner.get("properties", {})
            made["required"] = [*made.get("required", ()), *inner.get("required", ())]
            made |= {key: value for key, value in inner.items() if key not in made}
            if inner.get("additionalProperties") is False:
                made["additionalProperties"] = False
        if not made.get("required", True):
            del made["required"]
        if "properties" in made and not parent:
            made["properties"] = {name: self._plain(one) for name, one in made["properties"].items()}
        if isinstance(made.get("items"), dict):
            made["items"] = self._plain(made["items"])
        for several in ("oneOf", "anyOf"):
            if several in made:
                made[several] = [self._plain(one) for one in made[several]]
        kinds = schema.get("discriminator", {}).get("mapping", {})
        if kinds and "oneOf" not in made and not parent:  # a base that stands for its kinds
            return {"anyOf": [self._plain({"$ref": kind}) for kind in kinds.values()]}
        return made

    def _named(self, reference: str) -> Schema:
        found = self._whole
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        return dict(found)


@cache
def meta(folder: Path) -> Description:
    return Description(folder / "specs" / "meta_business_messaging_v23.0.yaml")


@cache
def twilio(folder: Path) -> Description:
    """Its forms are not said to be closed, but Twilio knows no other fields."""
    return Description(folder / "specs" / "twilio_api_v2010.json", closed=True)
