"""The demo world: a Sage company and an AP server that fit each other, made from one seed."""

import hashlib
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from app.cloud.port import LegalEntity
from app.credentials import KeyringCredentials, keyring_is_there
from app.domain.codec import plain, restore
from app.engine.store import Store
from app.errors import NeedsUser, Side
from app.sandbox.sage.plan import Scale
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, write_whole

COMPANY = "ABC"
SAGE_USER = "BRIDGE"
CLIENT_ID = "ap-bridge-demo"
LEGAL_ENTITY = "le-harborline"


@dataclass(frozen=True, slots=True)
class World:
    """A demo world on disk. Secrets are not part of it: they follow from the seed."""

    folder: str
    seed: int
    scale: Scale
    company: str
    made_on: date
    port: int

    @property
    def sage_file(self) -> Path:
        """The Sage company's data."""
        return Path(self.folder) / "sage" / f"MAS_{self.company}.sqlite"

    @property
    def cloud_file(self) -> Path:
        """The AP server's data."""
        return Path(self.folder) / "quadient-ap.sqlite"

    @property
    def url(self) -> str:
        """Where the AP server answers."""
        return f"http://127.0.0.1:{self.port}"

    def secrets(self) -> Mapping[str, str]:
        """Return the secrets by their names in the keyring."""
        return {f"{self.company}/{side}": self._secret(side) for side in ("sage", "cloud")}

    def at(self, url: str) -> "World":
        """Note that the AP server answers at `url`, in the world and in the company's settings."""
        world = replace(self, port=int(url.rsplit(":", 1)[1]))
        world.save()
        home = Home(Path(self.folder).parent)
        settings = home.load()
        company = settings.company(self.company)
        home.save(settings.with_company(replace(company, cloud=replace(company.cloud, url=url))))
        return world

    def save(self) -> None:
        """Write the world's description."""
        write_whole(Path(self.folder) / "world.json", orjson.dumps(plain(self)))

    def description(self) -> dict[str, Any]:
        """Return every path, address and secret, for scripts."""
        home = Home(Path(self.folder).parent)
        return {
            "home": str(home.path),
            "seed": self.seed,
            "scale": self.scale,
            "company": self.company,
            "settings": str(home.settings_file),
            "store": str(home.store_file),
            "logs": str(home.logs),
            "faults": str(Path(self.folder) / "faults.json"),
            "sage": {"file": str(self.sage_file), "user": SAGE_USER, "password": self._secret("sage")},
            "quadient_ap": {
                "url": self.url,
                "admin_url": f"{self.url}/_sandbox/",
                "file": str(self.cloud_file),
                "legal_entity": LEGAL_ENTITY,
                "client_id": CLIENT_ID,
                "client_secret": self._secret("cloud"),
            },
        }

    def _secret(self, side: str) -> str:
        digest = hashlib.sha256(f"ap bridge demo {self.seed} {side}".encode()).hexdigest()
        return f"demo-{side}-{digest[:20]}"


def create_world(home: Home, *, seed: int, scale: Scale, today: date, writer: str = "business_objects") -> World:
    """Make the demo world in `home` anew, connect it as a company, and put its secrets into the keyring, if any.

    An older demo world, and what the store knows of it, is thrown away.

    Raises:
        NeedsUser: when a real company has the demo company's code.
    """
    # Whoever only lives in a world needs nothing of what makes one.
    from app.sandbox.company import create_company
    from app.sandbox.documents import fill_server
    from app.sandbox.server.state import create_server_state
    from app.sandbox.visual_integrator.jobs import set_up_jobs

    _make_way(home)
    world = World(str(home.sandbox.absolute()), seed, scale, COMPANY, today, _free_port())
    world.sage_file.parent.mkdir(parents=True)
    secrets = world.secrets()
    facts = create_company(
        world.sage_file,
        code=COMPANY,
        seed=seed,
        scale=scale,
        user=SAGE_USER,
        password=secrets[f"{COMPANY}/sage"],
        today=today,
    )
    state = create_server_state(
        world.cloud_file,
        client_id=CLIENT_ID,
        client_secret=secrets[f"{COMPANY}/cloud"],
        legal_entity=LegalEntity(LEGAL_ENTITY, facts.name, facts.currency),
    )
    fill_server(state, facts, seed=seed, today=today)
    state.close()
    world.save()
    sage = SageSettings(kind="demo", location=world.folder, user=SAGE_USER, writer=writer)
    if writer == "visual_integrator":
        sage = replace(sage, visual_integrator=set_up_jobs(Path(world.folder), world.sage_file, SAGE_USER))
    home.save(
        home.load().with_company(
            CompanySettings(
                code=COMPANY,
                name=facts.name,
                sage=sage,
                cloud=CloudSettings(world.url, CLIENT_ID, LEGAL_ENTITY),
                workflow_banks=("P",),
            )
        )
    )
    if keyring_is_there():
        for name, secret in secrets.items():
            KeyringCredentials().put(name, secret)
    return world


def load_world(home: Home) -> World | None:
    """Return the demo world of `home`, or None when there is none.

    Raises:
        NeedsUser: when its description is damaged.
    """
    return load_world_at(home.sandbox) if (home.sandbox / "world.json").exists() else None


def load_world_at(folder: Path) -> World:
    """Return the demo world in `folder`.

    Raises:
        NeedsUser: when it is not there, or its description is damaged.
    """
    file = folder / "world.json"
    try:
        return restore(World, orjson.loads(file.read_bytes()))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NeedsUser(
            "demo-gone",
            "The demo company is gone",
            f"The settings name a demo company, but {folder} does not hold it any more.",
            "Make it again with “apbridge demo --fresh”.",
            side=Side.COMPUTER,
            detail=str(error),
        ) from error
    except ValueError as error:
        raise NeedsUser(
            "demo-damaged",
            "The demo company is damaged",
            f"{file} cannot be read ({error}).",
            "Make it again with “apbridge demo --fresh”.",
            side=Side.COMPUTER,
            detail=str(error),
        ) from error


def _make_way(home: Home) -> None:
    if any(company.code == COMPANY and company.sage.kind != "demo" for company in home.load().companies):
        raise NeedsUser(
            "company-exists",
            f"A real company is called {COMPANY}",
            "The demo company would take its place.",
            "Set APBRIDGE_HOME to another folder and make the demo there.",
            side=Side.COMPUTER,
        )
    if home.sandbox.exists():
        shutil.rmtree(home.sandbox)
    if home.store_file.exists():
        store = Store(home.store_file)
        store.forget(COMPANY)
        store.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
