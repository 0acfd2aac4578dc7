"""The wire contract as code: every check of a request is compiled from resources/contract/openapi.yaml itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import fastjsonschema
import yaml

from app.resources import resource

Validator = Callable[[Any], Any]

_INTEGER = re.compile(r"(0|[1-9][0-9]{0,8})", re.ASCII)


class Misfit(Exception):  # noqa: N818  # a finding about data, not a failure of the program
    """Data that does not fit the contract; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path, query or header parameter; `name` as it is written in the contract."""

    name: str
    place: str
    required: bool
    integer: bool
    default: Any
    validate: Validator

    def read(self, text: str) -> Any:
        """Return the value that `text` spells.

        Raises:
            Misfit: when it spells none that the contract allows.
        """
        value: Any = text
        if self.integer and _INTEGER.fullmatch(text):
            value = int(text)
        try:
            self.validate(value)
        except Misfit as misfit:
            raise Misfit(f"{self.place} parameter {self.name}: {misfit}") from misfit
        return value


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its address and the checks of what it is sent.

    `envelope` checks a body, in a batch without its records; `record` checks one record of a batch.
    """

    name: str
    method: str
    path: str
    secured: bool
    parameters: tuple[Parameter, ...]
    envelope: Validator | None
    record: Validator | None

    def read(
        self, path: Mapping[str, str], query: Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the parameters by name, defaults filled in.

        Raises:
            Misfit: when one is missing, unknown, repeated or not allowed.
        """
        asked = dict(query)
        if len(asked) != len(query):
            raise Misfit("a query parameter is given twice")
        sources: dict[str, Mapping[str, str]] = {"path": path, "query": asked, "header": headers}
        values = {}
        for parameter in self.parameters:
            text = sources[parameter.place].get(parameter.name)
            if text is not None:
                values[parameter.name] = parameter.read(text)
            elif parameter.required:
                raise Misfit(f"{parameter.place} parameter {parameter.name} is missing")
            else:
                values[parameter.name] = parameter.default
        for name in asked.keys() - values.keys():
            raise Misfit(f"query parameter {name[:40]} is not known here")
        return values


class Contract:
    """The whole contract: its operations, and checks of its named shapes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._shapes = {"schemas": document["components"]["schemas"]}
        self._named: dict[str, Validator] = {}
        self.operations = tuple(
            self._operation(path, method, parts, item.get("parameters", []))
            for path, item in document["paths"].items()
            for method, parts in item.items()
            if method != "parameters"
        )

    def shape(self, name: str) -> Validator:
        """Return the check of a named shape, for example `Invoice`; it raises Misfit."""
        if name not in self._named:
            self._named[name] = self._compile({"$ref": f"#/components/schemas/{name}"})
        return self._named[name]

    def _operation(
        self, path: str, method: str, parts: Mapping[str, Any], shared: Sequence[Mapping[str, Any]]
    ) -> Operation:
        envelope = record = None
        if "requestBody" in parts:
            body = self._resolve(parts["requestBody"]["content"]["application/json"]["schema"])
            records = body["properties"].get("records")
            if records is not None:
                # The contract offers two shapes for a record: the right one, and any object (then refused alone).
                right, anything = records["items"]["anyOf"]
                record = self._compile(right)
                without = {**records, "items": anything}
                body = {**body, "properties": {**body["properties"], "records": without}}
            envelope = self._compile(body)
        return Operation(
            name=parts["operationId"],
            method=method.upper(),
            path=path,
            secured=parts.get("security", self._document["security"]) != [],
            parameters=tuple(self._parameter(self._resolve(each)) for each in (*shared, *parts.get("parameters", []))),
            envelope=envelope,
            record=record,
        )

    def _parameter(self, parts: Mapping[str, Any]) -> Parameter:
        schema = self._resolve(parts["schema"])
        return Parameter(
            name=parts["name"],
            place=parts["in"],
            required=parts.get("required", False),
            integer=schema.get("type") == "integer",
            default=schema.get("default"),
            validate=self._compile(schema),
        )

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def _compile(self, schema: Mapping[str, Any]) -> Validator:
        check = fastjsonschema.compile(
            {"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [schema], "components": self._shapes},
            formats={"date": _is_date, "date-time": _is_moment},
            use_default=False,
        )

        def validate(value: Any) -> Any:
            try:
                return check(value)
            except fastjsonschema.JsonSchemaValueException as error:
                raise Misfit(str(error.message).removeprefix("data.").replace("data ", "it ", 1)) from error

        return validate


@cache
def contract() -> Contract:
    """Return the contract that this program carries, compiled once in a process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = resource("contract", "openapi.yaml").read_bytes()
    return Contract(yaml.load(text, Loader=loader))  # noqa: S506  # both are safe loaders


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    # RFC 3339 wants seconds and a zone; fromisoformat alone is content with less.
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", text, re.ASCII):
        return False
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
