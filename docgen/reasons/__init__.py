"""Change reasons: where they are needed, what explains the change, what to suggest, what to object to."""
