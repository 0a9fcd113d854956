"""Files coming in: uploads, jobs, imports, quarantine."""
