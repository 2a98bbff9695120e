"""The offer in the words of others: `schemaorg` (JSON-LD) and `elm` (ELM v3.1); `offered` reads it."""
