"""Business Objects that follow a script: every step succeeds unless the test says otherwise, and all are noted."""

from collections.abc import Callable
from typing import Any

from app.errors import RetryLater, Side


class Scripted:
    """One object. `answers` maps a step (“nSetValue:TermsCode$”, or “nSetValue” for all) to what it answers.

    A number is the return code; a text is a refusal with that message; an exception is raised; (code, text) is both;
    (code, {"value": x}) hands x over by reference; a list holds one answer a call.
    """

    def __init__(self, name: str, steps: list[tuple[Any, ...]], answers: dict[str, Any]) -> None:
        self._name = name
        self._steps = steps
        self._answers = answers
        self.sLastErrorMsg = ""

    @property
    def oLines(self) -> "Scripted":
        return Scripted(f"{self._name}.lines", self._steps, self._answers)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def step(*values: Any) -> Any:
            self._steps.append((self._name, method, *(value for value in values if not hasattr(value, "value"))))
            first = values[0] if values and isinstance(values[0], str) else ""
            name = self._name.rpartition(".")[2]
            for key in (f"{name}.{method}:{first}", f"{name}.{method}", f"{method}:{first}", method):
                if key in self._answers:
                    answer = self._answers[key]
                    answer = answer.pop(0) if isinstance(answer, list) else answer
                    return self._given(answer, values)
            return self._given({"nSetKey": 2, "nMoveFirst": 0, "nMoveNext": 0, "nEOF": 0}.get(method, 1), values)

        return step

    def NewObject(self, name: str, *_: Any) -> Any:
        self._steps.append((self._name, "NewObject", name))
        if self._answers.get(f"NewObject:{name}") == 0:
            return None
        return Scripted(name, self._steps, self._answers)

    def Init(self, home: str) -> None:
        self._steps.append((self._name, "Init", home))

    def DropObject(self) -> None:
        self._steps.append((self._name, "DropObject"))

    def _given(self, answer: Any, values: tuple[Any, ...]) -> Any:
        self.sLastErrorMsg = ""
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            code, said = answer
            if isinstance(said, dict):
                next(value for value in values if hasattr(value, "value")).value = said["value"]
            else:
                self.sLastErrorMsg = said
            return code
        if isinstance(answer, str):
            self.sLastErrorMsg = answer
            return 0
        return answer


class Sage:
    """What the tests hand over as dispatch, and what they look at afterwards."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []
        self.answers: dict[str, Any] = {}

    def dispatch(self, program_id: str) -> Scripted:
        return Scripted(program_id, self.steps, self.answers)

    def values(self, name: str) -> dict[str, Any]:
        """Return what was entered in the fields of one object, the last value of each."""
        return {step[2]: step[3] for step in self.steps if step[0] == name and step[1] == "nSetValue"}

    def done(self, name: str) -> list[str]:
        """Return the methods called on one object, in order."""
        return [step[1] for step in self.steps if step[0] == name]


def lost() -> RetryLater:
    return RetryLater("sage-went-away", "Sage 100 stopped answering", "It ended.", "Start again.", side=Side.SAGE)
