"""The frame around the pages: window, rail, header, messages, menus."""
