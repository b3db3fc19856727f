"""The field types, one module each; `FIELD_TYPE` is what the registry looks for."""
