"""All that knows Sage 100: reading over ODBC, writing through Business Objects."""
