"""File formats: what each file says beyond its cell values, and readers for formats that calamine does not know."""
