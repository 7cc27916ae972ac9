"""What moderators' programs ask: each method needs a scope under `admin:`, and the role as well."""
