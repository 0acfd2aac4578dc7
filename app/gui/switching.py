"""Keeps in the settings which lists a company brings over."""

from dataclasses import replace

from app.domain.lists import ListName
from app.gui.troubles import not_kept
from app.settings import Home


def switch_list(home: Home, company: str, name: ListName, *, on: bool) -> None:
    """Switch one list of `company` on or off, from the next sync on.

    Raises:
        NeedsUser: when the settings cannot be read or kept.
    """
    settings = home.load()
    its = settings.company(company)
    off = tuple(each for each in its.lists_off if each is not name)
    changed = replace(its, lists_off=off if on else (*off, name))
    companies = tuple(changed if each.code == company else each for each in settings.companies)
    try:
        home.save(replace(settings, companies=companies))
    except OSError as error:
        raise not_kept(error) from error
