"""The errors AP Bridge knows: each says what happened, why, what to do, and what the run does next."""

from enum import IntEnum, StrEnum

from app.domain.language import say


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    NEEDS_USER = 1
    USAGE = 2
    SAGE_UNREACHABLE = 3
    CLOUD_UNREACHABLE = 4
    COMPANY_BUSY = 5
    CANCELLED = 6
    COMPUTER = 7  # this computer stands in the way: disk full, store damaged, keyring locked
    BUG = 70


class Side(StrEnum):
    """Where an error comes from; decides the exit code."""

    SAGE = "sage"
    CLOUD = "cloud"
    COMPUTER = "computer"


_EXIT = {
    Side.SAGE: ExitCode.SAGE_UNREACHABLE,
    Side.CLOUD: ExitCode.CLOUD_UNREACHABLE,
    Side.COMPUTER: ExitCode.COMPUTER,
}


class BridgeError(Exception):
    """An error for two readers: `title`, `message` and `fix` for the bookkeeper, `detail` for support.

    `code` names it in events, help and tests (kebab-case). The subclass decides what the run does next.
    """

    def __init__(self, code: str, title: str, message: str, fix: str, *, side: Side, detail: str = "") -> None:
        super().__init__(f"{title}. {message} {fix}".strip())
        self.code = code
        self.title = title
        self.message = message
        self.fix = fix
        self.side = side
        self.detail = detail

    @property
    def exit_code(self) -> ExitCode:
        """The exit status of a command that this error ends."""
        return _EXIT[self.side]


class RetryLater(BridgeError):  # noqa: N818  # the class names are decisions, read in `except`
    """Passing trouble (network, lock, single-user mode): the run ends, the next one may succeed."""


class SkipItem(BridgeError):  # noqa: N818
    """One record or document cannot go; it is set aside with its reason and the run goes on."""


class NeedsUser(BridgeError):  # noqa: N818
    """Nothing can go on until a person has acted (wrong password, missing right, setting)."""


class NothingNamedSo(NeedsUser):
    """There is nothing to do with what the command names; it may be mistyped."""

    @property
    def exit_code(self) -> ExitCode:
        """Exit status 2."""
        return ExitCode.USAGE


class StopRun(BridgeError):  # noqa: N818
    """This run must end at once; what is done is kept."""


class CompanyBusy(StopRun):
    """Another run holds the company."""

    @property
    def exit_code(self) -> ExitCode:
        """Exit status 5."""
        return ExitCode.COMPANY_BUSY


class Cancelled(StopRun):
    """The user cancelled the run."""

    def __init__(self) -> None:
        super().__init__(
            "cancelled",
            say("Cancelled"),
            say("The run was stopped before it was done. What was already sent stays sent and is remembered."),
            say("Start again when you are ready; it goes on where it stopped."),
            side=Side.COMPUTER,
        )

    @property
    def exit_code(self) -> ExitCode:
        """Exit status 6."""
        return ExitCode.CANCELLED


class BugError(BridgeError):
    """AP Bridge itself did something wrong; the details go to the log."""

    @property
    def exit_code(self) -> ExitCode:
        """Exit status 70."""
        return ExitCode.BUG
