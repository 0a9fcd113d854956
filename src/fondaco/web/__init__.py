"""The web desk: a Django project in which people see, decide and steer.

The one room of Fondaco that imports Django.  `fondaco.web.serve.serve` starts it whole; settings
are in `fondaco.web.settings`; one app for each room in which people act:

`desk`      the frame: pages' base, health, errors, middleware, logs, the audit trail
`accounts`  people, firms, networks, who may do what
`data`      files coming in, jobs, imports, quarantine
`markets`   the map and the table of foreign markets
"""
