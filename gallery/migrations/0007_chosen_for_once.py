"""Which methods a human chose for one photo alone, told apart from those that were the rule at its time."""

from collections import defaultdict

from django.db import migrations, models

# What was recommended at some time before this. Whatever else a photo was analysed by somebody chose: in
# their settings, or for this once.
RULE = {
    "detector": {"yunet"},
    "landmarks": {"dlib68"},
    "encoder": {"onnx"},
    "age_gender": {"onnx", "face-api"},
    "emotion": {"residual", "mini-xception"},
}


def find_chosen(apps, schema_editor):
    """Fill `chosen` with what a photo's owner has not in their settings, and nobody recommends."""
    alias = schema_editor.connection.alias
    jobs = apps.get_model("gallery", "AnalysisJob").objects.using(alias).order_by()
    rule = defaultdict(set, {stage: set(names) for stage, names in RULE.items()})
    for one in apps.get_model("gallery", "Recommendation").objects.using(alias):
        rule[one.stage].add(one.method)
    preferences = apps.get_model("gallery", "Preferences").objects.using(alias)
    settings = dict(preferences.values_list("user_id", "methods"))
    for owner, choice in jobs.values_list("photo__owner_id", "choice").distinct():
        chosen = {
            stage: name
            for stage, name in choice.items()
            if name not in rule[stage] and name != settings.get(owner, {}).get(stage)
        }
        if chosen:
            jobs.filter(photo__owner_id=owner, choice=choice).update(chosen=chosen)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0006_looked_harder")]

    operations = [
        migrations.AddField("analysisjob", "chosen", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(find_chosen, migrations.RunPython.noop),
    ]
