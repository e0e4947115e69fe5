"""Django: its migrations, its ORM and its introspection over a schema of its own, on psycopg2."""

import io
import os

import django
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, DataError, ProgrammingError, connection, models, transaction
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce, ExtractYear, Lower, RowNumber, TruncMonth

from scenarios import main, scenario

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "USER": os.environ["PGUSER"],
                           "PASSWORD": os.environ["PGPASSWORD"], "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"]}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.postgres"],
    USE_TZ=True, SECRET_KEY="a key of the tests", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
django.setup()

from django.contrib.postgres.aggregates import ArrayAgg, StringAgg  # noqa: E402
from django.contrib.postgres.fields import ArrayField, IntegerRangeField  # noqa: E402
from django.contrib.postgres.search import SearchVector  # noqa: E402


class Shelf(models.Model):
    name = models.CharField(max_length=30, unique=True)

    class Meta:
        app_label = "sessions"  # any application that is installed, for relations to be found
        constraints = [models.CheckConstraint(check=~Q(name="forbidden"), name="not_forbidden")]


class Item(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="items")
    title = models.CharField(max_length=60, db_index=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    facts = models.JSONField(default=dict)
    labels = ArrayField(models.TextField(), default=list)
    ages = IntegerRangeField(null=True)
    added = models.DateTimeField(null=True)
    related = models.ManyToManyField("self")

    class Meta:
        app_label = "sessions"
        db_table = "library_item"
        ordering = ["id"]
        indexes = [models.Index(Lower("title"), name="item_lower")] if django.VERSION >= (3, 2) else []


class Unmanaged(models.Model):
    name = models.TextField()
    born = models.DateField()

    class Meta:
        app_label = "sessions"
        managed = False
        db_table = "authors"


class Contact(models.Model):
    name = models.TextField()
    email = models.CharField(max_length=80)
    phone = models.TextField()
    salary = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "sessions"
        managed = False
        db_table = "contacts"


def command(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out, no_color=True, **options)
    return out.getvalue()


def attempt(function, *errors):
    try:
        with transaction.atomic():
            return repr(function())
    except errors as failure:
        return f"{type(failure).__name__} {failure.__cause__.pgcode}: {failure}"


@scenario
def migrations(_):
    yield command("migrate", verbosity=1)
    yield command("showmigrations")
    yield command("migrate", verbosity=1)
    command("createcachetable")
    with connection.schema_editor() as editor:
        editor.create_model(Shelf)
        editor.create_model(Item)
        field = models.IntegerField(default=7)
        field.set_attributes_from_name("extra")
        editor.add_field(Shelf, field)
        editor.remove_field(Shelf, field)
    yield sorted(connection.introspection.table_names())


@scenario
def objects(_):
    from datetime import datetime, timezone
    shelves = [Shelf.objects.create(name=f"shelf {i}") for i in range(3)]
    Item.objects.bulk_create([Item(shelf=shelves[i % 3], title=f"Item {i}", price=i, facts={"n": i}, labels=[f"l{i % 4}"], ages=(i, i + 5),
                                   added=datetime(2024, 1 + i % 12, 1, tzinfo=timezone.utc)) for i in range(120)])
    first, second = Item.objects.all()[:2]
    first.related.add(second)
    yield first.related.count(), second.related.get().title, Item.objects.get(title="Item 5").facts
    first.title = "changed"
    first.save(update_fields=["title"])
    first.refresh_from_db()
    yield first.title, Shelf.objects.get_or_create(name="shelf 1")[1], Shelf.objects.update_or_create(name="shelf 2", defaults={"name": "shelf two"})[0].name
    yield Item.objects.filter(price__lt=10).update(price=F("price") * 2), Item.objects.filter(price__gt=115).delete()
    with transaction.atomic():
        yield Item.objects.select_for_update().get(id=first.id).id
    Item.objects.bulk_update([Item(id=first.id, price=42)], ["price"])
    yield Item.objects.in_bulk([first.id])[first.id].price, Shelf.objects.bulk_create([Shelf(name="shelf 1")], ignore_conflicts=True).__len__()


@scenario
def queries(_):
    items = Item.objects
    yield list(items.values("shelf__name").annotate(n=Count("id"), s=Sum("price"), a=Avg("price")).order_by("shelf__name"))
    yield list(items.filter(Q(title__icontains="item 1") | Q(facts__n__lt=3)).exclude(labels__contains=["l1"]).values_list("title", flat=True)[:5])
    yield list(items.annotate(year=ExtractYear("added"), month=TruncMonth("added")).values("year", "month").annotate(n=Count("id")).order_by("month"))[:2]
    yield list(items.annotate(r=Window(RowNumber(), partition_by="shelf", order_by=F("id").desc())).values_list("id", "r")[:3])
    newest = items.filter(shelf=OuterRef("pk")).order_by("-id").values("title")[:1]
    yield list(Shelf.objects.annotate(newest=Subquery(newest), any=Exists(items.filter(shelf=OuterRef("pk")))).order_by("id").values_list("name", "newest", "any"))
    yield list(Shelf.objects.annotate(all=ArrayAgg("items__labels"), names=StringAgg("items__title", ",", ordering="items__id")).values_list("names", flat=True))[0][:40]
    yield len(Shelf.objects.prefetch_related("items__related").all()), items.select_related("shelf").first().shelf.name
    yield list(items.filter(ages__contains=7).values_list("id", flat=True)), items.filter(title__regex=r"^Item \d$").count(), items.filter(added__year=2024).count()
    yield items.annotate(search=SearchVector("title")).filter(search="item").count(), items.aggregate(all=Coalesce(Sum("price"), 0, output_field=models.DecimalField())), items.none().exists()
    yield list(items.values_list("title").union(Shelf.objects.values_list("name")).order_by("title"))[:2], [item.id for item in items.order_by("-id").iterator(chunk_size=10)][:3]
    yield list(items.raw("SELECT * FROM library_item WHERE id < %s", [3]))[0].title, items.distinct("shelf").order_by("shelf", "id").count(), items.earliest("added").id
    yield list(Unmanaged.objects.filter(born__lt="1951-01-01").values_list("name", flat=True)), items.dates("added", "month").count()
    yield items.filter(id=1).explain(costs=False) if django.VERSION >= (4, 0) else bool(items.filter(id=1).explain())


@scenario
def errors(_):
    yield attempt(lambda: Shelf.objects.create(name="shelf 1"), IntegrityError)
    yield attempt(lambda: Shelf.objects.create(name="forbidden"), IntegrityError)
    yield attempt(lambda: Shelf.objects.create(name="x" * 50), DataError)
    yield attempt(lambda: list(Item.objects.raw("SELECT nosuch FROM library_item")), ProgrammingError)
    yield attempt(lambda: Item.objects.extra(where=["1/0 = 1"]).count(), DataError)

    def dangling():
        Item.objects.create(shelf_id=9999, title="x")
        connection.check_constraints()
    yield attempt(dangling, IntegrityError)
    with transaction.atomic():
        point = transaction.savepoint()
        Shelf.objects.create(name="rolled back")
        transaction.savepoint_rollback(point)
    yield Shelf.objects.filter(name="rolled back").exists()


@scenario
def applications(_):
    from django.contrib.auth.models import Permission, User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.cache import cache
    user = User.objects.create_user("ada", "ada@example.org", "a password")
    user.user_permissions.set(Permission.objects.order_by("id")[:3])
    yield user.check_password("a password"), len(user.get_all_permissions()), Permission.objects.count()
    store = SessionStore()
    store["x"] = 1
    store.save()
    yield SessionStore(store.session_key)["x"]
    cache.set("k", {"v": 1}, 100)
    yield cache.get("k"), cache.add("k", 2), cache.delete("k")


@scenario
def introspection(_):
    yield command("inspectdb", "authors", "books", "Odd Name", "everything")
    with connection.cursor() as cursor:
        yield sorted((name, sorted(details.items())) for name, details in connection.introspection.get_constraints(cursor, "books").items())
        yield connection.introspection.get_sequences(cursor, "books"), connection.introspection.get_relations(cursor, "books")
    yield command("sqlflush").count("TRUNCATE"), command("sqlsequencereset", "auth").count("setval")


@scenario
def the_schema_is_dropped(_):
    command("flush", interactive=False)
    with connection.schema_editor() as editor:
        editor.delete_model(Item)
        editor.delete_model(Shelf)
    yield command("migrate", "auth", "zero", verbosity=0), len(connection.introspection.table_names())


@scenario
def masked_values(_):
    yield list(Contact.objects.order_by("id").values_list()[:3])
    yield Contact.objects.get(id=7).email, list(Contact.objects.values("phone").annotate(n=Count("id")).order_by("phone"))[:2]
    yield [contact.email for contact in Contact.objects.order_by("id").iterator(chunk_size=20)][-2:]


main(lambda: connection, lambda _: connection.close())
