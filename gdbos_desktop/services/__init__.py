"""The product's verbs: one permission check, one transaction, one change set each. Knows no widget and no SQL."""
