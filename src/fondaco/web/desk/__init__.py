"""The frame around every page: base templates, health, errors, middleware, logs, the audit trail."""
