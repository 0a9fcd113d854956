"""Facts about the world: countries, currencies and exchange rates, each with its source.

Import the modules: ``from fondaco.reference import countries``.  Nothing is read before it is asked
for, so importing this room costs next to nothing.
"""
