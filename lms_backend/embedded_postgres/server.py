"""Start, find and stop the server of one checkout."""

from pathlib import Path

from lms_backend.embedded_postgres import account, roles, state
from lms_backend.embedded_postgres.cluster import Cluster, new_password, new_server
from lms_backend.embedded_postgres.errors import explained
from lms_backend.embedded_postgres.places import (
    DEFAULT_FOLDER,
    Places,
    installation,
    make_socket_folder,
    remove_socket_folder,
)
from lms_backend.embedded_postgres.state import Server


def running(folder: Path = DEFAULT_FOLDER) -> Server | None:
    """Return the server of `folder` when it accepts connections."""
    with explained(folder):
        server = state.read(Places(folder).state)
        return server if server is not None and server.is_alive() else None


def start(folder: Path = DEFAULT_FOLDER) -> Server:
    """Return the running server of `folder`; start it first when it does not run.

    Safe to call from several processes at once, and after anything was killed.

    Raises:
        EmbeddedPostgresError: it cannot run here; the message says why and what to do.
    """
    if server := running(folder):
        return server
    places = Places(folder)
    with explained(folder), places.locked():
        return running(folder) or _start(places)


def stop(folder: Path = DEFAULT_FOLDER) -> bool:
    """Stop the server of `folder` and return whether it ran."""
    places = Places(folder)
    if not folder.exists():
        return False
    with explained(folder), places.locked():
        ran = running(folder) is not None
        Cluster(places, Path(), account.current()).end_leftovers()
        if known := state.read(places.state):
            remove_socket_folder(known.host)
        return ran


def _start(places: Places) -> Server:
    known = state.read(places.state)
    servant = account.current()
    socket_folder = make_socket_folder()
    servant.owns(socket_folder)
    try:
        cluster = Cluster(places, servant.reachable(installation(), socket_folder), servant)
        server = new_server(socket_folder, known.password if known else new_password())
        cluster.end_leftovers()
        if known is None:
            # Noted before it is used: without its password the data would be lost.
            state.write(places.state, server)
        cluster.create(server.password, socket_folder)
        cluster.configure(server)
        cluster.start()
        roles.ensure(server)
    except BaseException:
        remove_socket_folder(str(socket_folder))
        raise
    state.write(places.state, server)
    if known:
        remove_socket_folder(known.host)
    return server
