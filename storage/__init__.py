"""What is kept: tables, each beside its queries; the only SQL."""
