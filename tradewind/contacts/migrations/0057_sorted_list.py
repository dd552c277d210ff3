from importlib import import_module

from django.db import migrations, models

# The list in another order than the newest first. An order is stretches one after the other, each on an index of its
# own: who has the figure, by it, and then who has none. A page goes on in its stretch (`_place`) behind the value and
# the person that it was given, so that no page is dearer than the first.
BEFORE = import_module("tradewind.contacts.migrations.0055_grade_filter").SEARCH
IN_ORDER = """
  IF _order <> '' THEN
    FOR _stretch IN
      SELECT * FROM (VALUES
        ('heard', 1, 'contact c', 'c.last_inbound_at IS NOT NULL', 'c.last_inbound_at', 'timestamptz', 'c.id'),
        ('heard', 2, 'contact c', 'c.last_inbound_at IS NULL', '', '', 'c.id'),
        ('grade', 1, _standing, 's.grade = ''A''', '', '', 's.contact_id'),
        ('grade', 2, _standing, 's.grade = ''B''', '', '', 's.contact_id'),
        ('grade', 3, _standing, 's.grade = ''C''', '', '', 's.contact_id'),
        ('grade', 4, 'contact c', 'NOT EXISTS (SELECT FROM contact_standing s WHERE s.contact_id = c.id'
                                  || ' AND s.workspace_id = $1 AND s.grade <> '''')', '', '', 'c.id'),
        ('engagement', 1, _standing, 's.engagement > 0', 's.engagement', 'smallint', 's.contact_id'),
        ('engagement', 2, 'contact c', 'NOT EXISTS (SELECT FROM contact_standing s WHERE s.contact_id = c.id'
                                       || ' AND s.workspace_id = $1 AND s.engagement > 0)', '', '', 'c.id')
      ) AS known (of_order, place, source, has, first, kind, id)
      WHERE of_order = _order AND place >= _place ORDER BY place
    LOOP
      _behind := CASE
        WHEN _stretch.place > _place OR _below = 9223372036854775807 THEN 'true'
        WHEN _stretch.first = '' THEN format('%s < $8', _stretch.id)
        ELSE format('(%s, %s) < ($9::%s, $8)', _stretch.first, _stretch.id, _stretch.kind) END;
      RETURN QUERY EXECUTE format(
        'SELECT c.id FROM %s WHERE %s%s AND %s AND %s ORDER BY %s%s DESC LIMIT $7',
        _stretch.source, _where, format(_tagged, '0'), _stretch.has, _behind,
        CASE WHEN _stretch.first = '' THEN '' ELSE _stretch.first || ' DESC, ' END, _stretch.id)
        USING _workspace, 9223372036854775807, _country, _language, _marketing, _tags, _most, _below, _value;
      GET DIAGNOSTICS _rows = ROW_COUNT;
      _most := _most - _rows;
      EXIT WHEN _most <= 0;
    END LOOP;
    RETURN;
  END IF;

"""
HERE = "  IF _named IS NULL AND _handled IS NULL AND _tags IS NULL THEN"
SEARCH = (
    BEFORE.replace(
        "_below bigint, _most integer", "_order text, _place integer, _value text, _below bigint, _most integer"
    )
    .replace(
        "  _found bigint[];\n",
        "  _found bigint[];\n  _stretch record;\n  _behind text;\n  _rows integer;\n"
        "  _standing text := 'contact_standing s JOIN contact c ON c.id = s.contact_id AND s.workspace_id = $1';\n",
        1,
    )
    .replace(HERE, IN_ORDER.lstrip("\n") + HERE, 1)
)
DROP = "DROP FUNCTION contacts_found"
HIDE = import_module("tradewind.contacts.migrations.0040_privacy").HIDE


class Migration(migrations.Migration):
    dependencies = [("contacts", "0056_erased_hidden")]
    operations = [
        migrations.AddIndex(
            "standing",
            models.Index(
                fields=["workspace", "-engagement", "-contact"],
                condition=models.Q(("engagement__gt", 0)),
                name="contact_standing_engaged",
            ),
        ),
        migrations.RunSQL([DROP, SEARCH, HIDE], [DROP, BEFORE, HIDE]),
    ]
