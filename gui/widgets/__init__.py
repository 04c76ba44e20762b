"""Small widgets that edit values of the 底稿: tables of records, entries, messages with a way back."""
