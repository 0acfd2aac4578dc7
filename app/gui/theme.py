"""Light and dark: two palettes of the window's own, chosen by the system or by the user, also while it is open."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.gui.style import apply_style, is_dark

_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
_ROLES = QPalette.ColorRole
# Light and dark; text reaches 4.5 to 1 on each ground it stands on, also where it is disabled or a placeholder.
_COLOURS = {
    _ROLES.Window: ("#f4f5f7", "#24272b"),
    _ROLES.WindowText: ("#1b1f24", "#e8eaed"),
    _ROLES.Base: ("#ffffff", "#1b1e21"),
    _ROLES.AlternateBase: ("#f2f5f8", "#22262a"),
    _ROLES.Text: ("#1b1f24", "#e8eaed"),
    _ROLES.Button: ("#eceef1", "#2b2f33"),
    _ROLES.ButtonText: ("#1b1f24", "#e8eaed"),
    _ROLES.BrightText: ("#ffffff", "#ffffff"),
    _ROLES.ToolTipBase: ("#ffffff", "#33373c"),
    _ROLES.ToolTipText: ("#1b1f24", "#e8eaed"),
    _ROLES.PlaceholderText: ("#5c6670", "#aab2bb"),
    _ROLES.Highlight: ("#25689b", "#25689b"),
    _ROLES.HighlightedText: ("#ffffff", "#ffffff"),
    _ROLES.Link: ("#25689b", "#8ab8e0"),
    _ROLES.LinkVisited: ("#25689b", "#8ab8e0"),
    _ROLES.Light: ("#ffffff", "#4a4f55"),
    _ROLES.Midlight: ("#e3e6ea", "#3d4247"),
    _ROLES.Mid: ("#b9c0c7", "#4d5359"),
    _ROLES.Dark: ("#9aa2aa", "#15171a"),
    _ROLES.Shadow: ("#6d757d", "#0d0e10"),
    _ROLES.Accent: ("#25689b", "#25689b"),
}
_DISABLED = ("#656d75", "#a0a7ae")


def palette(*, dark: bool) -> QPalette:
    """Return the window's own palette."""
    made = QPalette()
    for role, colours in _COLOURS.items():
        made.setColor(role, QColor(colours[dark]))
    for role in (_ROLES.WindowText, _ROLES.Text, _ROLES.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED[dark]))
    return made


def theme_of(application: QApplication) -> "Theme":
    """Return what keeps the application's palette; there is one."""
    return application.findChild(Theme) or Theme(application)


class Theme(QObject):
    """Keeps the application's palette as the user wants it: "system", "light" or "dark"."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = "system"
        self._dark: bool | None = None
        # Where the platform does not tell light from dark, its palette does.
        self._was_dark = is_dark(application.palette())
        application.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, theme: str) -> None:
        """Take `theme` from now on."""
        self._chosen = theme
        hints = self._application.styleHints()
        if theme in _SCHEMES:
            hints.setColorScheme(_SCHEMES[theme])  # the title bar and the system's own dialogs follow
        else:
            hints.unsetColorScheme()
        self._follow()

    def _follow(self) -> None:
        scheme = self._application.styleHints().colorScheme()
        if self._chosen in _SCHEMES:
            dark = self._chosen == "dark"
        elif scheme is Qt.ColorScheme.Unknown:
            dark = self._was_dark
        else:
            dark = scheme is Qt.ColorScheme.Dark
        if dark == self._dark:
            return
        self._dark = dark
        self._application.setPalette(palette(dark=dark))
        apply_style(self._application)  # what it says of the palette is worked out when it is set
