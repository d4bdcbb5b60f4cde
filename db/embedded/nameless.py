"""Users without a name on the system: a container may run as any uid, but initdb asks for the name of its user."""

import pwd
import shutil

from db.embedded.binaries import EmbeddedServerError, User


def under_a_name(user: User) -> list[str]:
    """Return the command that runs another one as its user, under the name of some other user if it has none.

    In a namespace of its own the user counts as the other one; the files it makes belong to the user itself.
    Raises EmbeddedServerError where the system allows no such namespace.
    """
    if user.name is not None:
        return []
    named = next((each for each in pwd.getpwall() if each.pw_uid), None)
    unshare = shutil.which("unshare")
    if named is not None and unshare is not None:
        command = [unshare, "--user", f"--map-user={named.pw_uid}", f"--map-group={named.pw_gid}"]
        if user.run(*command, "true").returncode == 0:
            return command
    raise EmbeddedServerError(
        f"PostgreSQL cannot make its data as user {user.uid}, who has no name on this system: add the user to"
        " /etc/passwd, run as one who is in it (docker run --user), or set LOUPE_DATABASE_URL to a server."
    )
