"""A pytest plugin for Wine, which hands ODBC to the drivers of Linux: it names files as those know them."""

import ctypes
import re
import sys


def wine():
    """Return Wine's functions; None on a real Windows."""
    library = ctypes.CDLL("ntdll.dll")
    return library if hasattr(library, "wine_get_version") else None


def unix_name(path):
    """Return what Linux calls a file that Wine calls `path`."""
    kernel = ctypes.WinDLL("kernel32.dll")
    kernel.wine_get_unix_file_name.restype = ctypes.c_char_p
    kernel.wine_get_unix_file_name.argtypes = [ctypes.c_wchar_p]
    found = kernel.wine_get_unix_file_name(path)
    return found.decode() if found else path


def translating(connect):
    """Wine hands ODBC to the drivers of Linux, which do not know its drives: name files as they do."""

    def translated(text, **more):
        return connect(re.sub(r"Database=([A-Z]:[^;]*)", lambda found: f"Database={unix_name(found[1])}", text), **more)

    return translated


def pytest_configure():
    """The demo company is read through the ODBC driver in Wine too."""
    use_drivers_of_linux()


def use_drivers_of_linux():
    """Translate names of files for ODBC, where this is Wine."""
    if sys.platform == "win32" and wine() is not None:
        import pyodbc

        pyodbc.connect = translating(pyodbc.connect)
