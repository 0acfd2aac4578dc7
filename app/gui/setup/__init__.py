"""Connecting companies: the wizard of the first start, and its pages where a connection is changed later."""
