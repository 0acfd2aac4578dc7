"""A Singer tap for Sage's three long lists, made with the SDK that its community keeps.

No tap on the package index reads through a plain ODBC driver: those for databases each bring one database's own.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from mapping import CHANGED, LISTS, Place, batches
from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecWriter

SCHEMA = th.PropertiesList(
    th.Property("key", th.StringType, required=True),
    th.Property("description", th.StringType),
    th.Property("active", th.BooleanType),
    th.Property("attributes", th.ObjectType(additional_properties=True)),
    th.Property(CHANGED, th.DateType),
).to_dict()


class SageStream(Stream):
    """One list; with a state only what changed since the day that it names."""

    primary_keys: ClassVar[list[str]] = ["key"]
    replication_key = CHANGED
    schema = SCHEMA

    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        """Yield the records."""
        sage_list = LISTS[self.name]
        since = self.get_starting_replication_key_value(context) or ""
        place = Place(self.config["driver"], self.config["sage"], Path(), {})
        connection = place.connect()
        for rows in batches(connection, sage_list, since):
            for row in rows:
                key = sage_list.key(row)
                if key:
                    yield sage_list.record(key, row) | {CHANGED: row[-1]}
        connection.close()


class SageTap(Tap):
    """The tap."""

    name = "tap-sage"
    message_writer_class = MsgSpecWriter
    config_jsonschema = th.PropertiesList(
        th.Property("driver", th.StringType, required=True), th.Property("sage", th.StringType, required=True)
    ).to_dict()

    def discover_streams(self) -> list[Stream]:
        """Return a stream for each list."""
        return [SageStream(self, name=name) for name in LISTS]


if __name__ == "__main__":
    SageTap.cli()
