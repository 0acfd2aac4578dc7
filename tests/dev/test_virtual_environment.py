"""The .venv of the set-up: made once, stamped last, made anew when it is broken."""

import sys
from pathlib import Path

import pytest
from programs import SetupError
from virtual_environment import PYTHONS, Python, VirtualEnvironment, alone, find_python

THIS = sys.version_info[:2]
BASE = Python("/usr/bin/python3", THIS, has_module=True)


class Repository:
    """A repository in a folder with a space, whose .venv is made by programs that only pretend."""

    def __init__(self, root: Path, programs) -> None:
        self.root, self.programs = root, programs
        self.project = root / "pyproject.toml"
        self.project.write_text("[project]\n")
        programs.answer(self.venv().python, f"{THIS[0]}|{THIS[1]}|True|/usr/bin/python3\n")

    def venv(self, this: tuple[int, int] = THIS) -> VirtualEnvironment:
        return VirtualEnvironment(self.root, self.programs, this)

    def set_up(self, *extras: str) -> VirtualEnvironment:
        venv = self.venv()
        venv.create(BASE)
        self.pretend_python()
        venv.install(extras)
        return self.venv()

    def pretend_python(self) -> None:
        python = Path(self.venv().python)
        python.parent.mkdir(exist_ok=True)
        python.touch()

    def pip_installs(self) -> list[str]:
        return [each.rpartition(" ")[2] for each in self.programs.ran if " pip install " in each]


@pytest.fixture
def repository(tmp_path: Path, programs) -> Repository:
    root = tmp_path / "fresh clone"
    root.mkdir()
    return Repository(root, programs)


def test_a_fresh_clone_is_neither_ready_nor_sound(repository: Repository) -> None:
    assert not repository.venv().is_ready(["window"])
    assert not repository.venv().is_sound()


def test_after_a_set_up_the_next_run_starts_no_program(repository: Repository) -> None:
    repository.set_up("window")
    repository.programs.ran.clear()

    assert repository.venv().is_ready(["window"])
    assert repository.programs.ran == []


def test_fewer_extras_than_were_installed_need_no_set_up(repository: Repository) -> None:
    assert repository.set_up("test", "window").is_ready(["window"])


def test_more_extras_are_installed_onto_the_same_environment(repository: Repository) -> None:
    venv = repository.set_up("window")

    assert not venv.is_ready(["test", "window"])
    assert venv.is_sound()
    venv.install(["test"])

    assert repository.pip_installs() == [".[window]", ".[test,window]"]
    assert repository.venv().is_ready(["test", "window"])


def test_a_changed_project_file_is_installed_again_with_all_extras(repository: Repository) -> None:
    repository.set_up("test", "window")
    repository.project.write_text("[project]\ndependencies = ['more']\n")
    venv = repository.venv()

    assert not venv.is_ready(["window"])
    assert venv.is_sound()
    venv.install(["window"])

    assert repository.pip_installs()[-1] == ".[test,window]"
    assert repository.venv().is_ready(["test", "window"])


def test_a_set_up_that_broke_off_is_made_anew(repository: Repository) -> None:
    def killed(command: list[str]):
        if "install" in command:
            raise KeyboardInterrupt
        return repository.programs(command)

    repository.set_up("window")
    with pytest.raises(KeyboardInterrupt):
        VirtualEnvironment(repository.root, killed, THIS).install(["test"])

    assert not repository.venv().is_ready(["window"])
    assert not repository.venv().is_sound()


def test_a_set_up_that_broke_off_while_making_the_environment_is_made_anew(repository: Repository) -> None:
    repository.venv().create(BASE)
    repository.pretend_python()

    assert not repository.venv().is_sound()


def test_a_refused_install_shows_why_and_keeps_what_was_there(repository: Repository) -> None:
    repository.set_up("window")
    venv = repository.venv()
    repository.programs.answer(f"{venv.python} -m pip install", "ERROR: No matching distribution found", 1)

    with pytest.raises(SetupError, match="No matching distribution found"):
        venv.install(["test"])

    assert repository.venv().is_ready(["window"])
    assert not repository.venv().is_ready(["test"])


def test_an_environment_copied_from_elsewhere_is_made_anew(repository: Repository, tmp_path: Path) -> None:
    repository.set_up("window")
    copy = repository.root.rename(tmp_path / "copy")
    moved = VirtualEnvironment(copy, repository.programs, THIS)

    assert not moved.is_ready(["window"])
    assert not moved.is_sound()


def test_an_environment_whose_python_is_gone_is_made_anew(repository: Repository) -> None:
    venv = repository.set_up("window")
    Path(venv.python).unlink()

    assert not venv.is_ready(["window"])
    assert not venv.is_sound()


def test_an_environment_without_pip_is_made_anew(repository: Repository) -> None:
    venv = repository.set_up("window")
    repository.programs.answer(venv.python, f"{THIS[0]}|{THIS[1]}|False|/usr/bin/python3\n")

    assert not venv.is_sound()


def test_the_python_that_runs_the_set_up_decides_when_it_is_a_supported_one(repository: Repository) -> None:
    other = next(version for version in PYTHONS if version != THIS)
    repository.set_up("window")

    assert not repository.venv(other).is_ready(["window"])
    assert not repository.venv(other).is_sound()
    assert repository.venv((3, 10)).is_ready(["window"])


def test_what_stands_in_the_way_of_a_new_environment_is_removed(repository: Repository) -> None:
    old = repository.venv().folder / "old"
    old.mkdir(parents=True)

    repository.venv().create(BASE)

    assert not old.exists()
    assert repository.programs.ran == [f"{BASE.program} -m venv {repository.venv().folder}"]


def test_the_python_running_the_set_up_is_preferred(programs) -> None:
    programs.answer(sys.executable, "3|12|True|/opt/python3.12\n")

    assert find_python(programs, lambda name: None) == Python("/opt/python3.12", (3, 12), has_module=True)


def test_another_python_is_looked_for_when_this_one_is_too_old(programs) -> None:
    programs.answer(sys.executable, "3|10|True|/usr/bin/python3.10\n")
    programs.answer("/shims/python3.13", "command not found", 127)
    programs.answer("/shims/python3.12", "3|12|False|/usr/bin/python3.12\n")
    on_path = {"python3.13": "/shims/python3.13", "python3.12": "/shims/python3.12"}

    assert find_python(programs, on_path.get) == Python("/usr/bin/python3.12", (3, 12), has_module=False)


def test_without_a_fitting_python_a_sentence_names_those_that_fit(programs) -> None:
    programs.answer(sys.executable, "3|14|True|/usr/bin/python3.14\n")

    with pytest.raises(SetupError, match=r"needs Python 3\.11, 3\.12 or 3\.13"):
        find_python(programs, lambda name: None)


def test_a_program_that_cannot_be_started_is_passed_over(programs) -> None:
    def run(command: list[str]):
        if command[0] == sys.executable:
            raise PermissionError
        return programs(command)

    programs.answer("/usr/bin/python3.11", "3|11|True|/usr/bin/python3.11\n")

    assert find_python(run, {"python3.11": "/usr/bin/python3.11"}.get).version == (3, 11)


def test_the_lock_of_the_set_up_can_be_taken_again_after_it_was_released(tmp_path: Path) -> None:
    for _ in range(2):
        with alone(tmp_path):
            assert (tmp_path / ".venv.lock").exists()
