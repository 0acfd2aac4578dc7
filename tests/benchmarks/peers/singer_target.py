"""A Singer target that posts batches of records to the server, made with the SDK that its community keeps.

No target on the package index posts to a server's own interface. A tap knows nothing of contents, so the target keeps
the hashes of what the server has, and after a full pass deactivates what did not come.
"""

from pathlib import Path
from typing import Any, ClassVar

from mapping import CHANGED
from seen import Seen, hashed
from server import BATCH, Server
from singer_sdk import Target
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecReader
from singer_sdk.sinks import BatchSink


class ServerSink(BatchSink):
    """One list."""

    max_size = BATCH
    include_sdc_metadata_properties = False

    def __init__(self, target: "ServerTarget", *parts: Any, **options: Any) -> None:
        super().__init__(target, *parts, **options)
        self._seen, self._server = target.seen, target.server
        self._known = self._seen.hashes(self.stream_name)
        self._changed: list[dict[str, Any]] = []

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Keep a record that the server has not; `max_size` counts those that were read."""
        del record[CHANGED]
        if self._known.pop(record["key"], b"") != hashed(record):
            self._changed.append(record)

    def process_batch(self, context: dict[str, Any]) -> None:
        """Send what is enough for a batch."""
        while len(self._changed) >= BATCH:
            self._send(self._changed[:BATCH])
            del self._changed[:BATCH]

    def clean_up(self) -> None:
        """Send the rest, and after a full pass what is gone."""
        if self.config["full"]:
            self._changed += self._seen.lost(self.stream_name, self._known)
        for start in range(0, len(self._changed), BATCH):
            self._send(self._changed[start : start + BATCH])
        super().clean_up()

    def _send(self, records: list[dict[str, Any]]) -> None:
        self._server.post(self.stream_name, records)
        self._seen.acknowledge(self.stream_name, records)


class ServerTarget(Target):
    """The target."""

    name = "target-quadient-ap"
    message_reader_class = MsgSpecReader
    default_sink_class = ServerSink
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("server", th.ObjectType(additional_properties=True), required=True),
        th.Property("state", th.StringType, required=True),
        th.Property("full", th.BooleanType, default=False),
    ).to_dict()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen = Seen(Path(self.config["state"]))
        self.server = Server(self.config["server"])


if __name__ == "__main__":
    ServerTarget.cli()
