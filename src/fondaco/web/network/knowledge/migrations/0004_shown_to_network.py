from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_choosing_goods")]

    operations = [migrations.RenameModel("Sharing", "ShownToNetwork")]
