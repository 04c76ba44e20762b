"""Word files that people have: reading their paragraphs, commenting and changing them without losing anything."""
