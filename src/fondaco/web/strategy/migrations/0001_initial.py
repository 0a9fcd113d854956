from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0002_notes_can_be_shared")]
    operations = []
