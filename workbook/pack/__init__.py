"""A template pack as frozen values: layouts, catalogues, check formulas, rules.  Broken packs fail here, with file and line."""
