"""What actors do: rules and decisions; no SQL, no HTTP, no JSON-LD."""
