"""SQLAlchemy: its ORM over a schema of its own, reflection, bulk writes, two-phase and server-side cursors, on psycopg2."""

import datetime
import decimal
import enum

import sqlalchemy as sa
from sqlalchemy import exc, orm
from sqlalchemy.dialects import postgresql as pg

from scenarios import expect, main, scenario

Base = orm.declarative_base()


class Level(enum.Enum):
    low = "low"
    high = "high"


membership = sa.Table("membership", Base.metadata, sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
                      sa.Column("team_id", sa.ForeignKey("team.id"), primary_key=True))


class Team(Base):
    __tablename__ = "team"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50), unique=True, nullable=False, comment="what it is called")
    people = orm.relationship("Person", secondary=membership, back_populates="teams", order_by="Person.id")


class Person(Base):
    __tablename__ = "person"
    id = sa.Column(sa.Integer, sa.Identity(), primary_key=True)
    name = sa.Column(sa.Unicode(50), index=True)
    level = sa.Column(sa.Enum(Level), server_default="low")
    born = sa.Column(sa.Date)
    seen = sa.Column(sa.DateTime(timezone=True))
    balance = sa.Column(sa.Numeric(10, 2), default=decimal.Decimal("1.00"))
    facts = sa.Column(pg.JSONB)
    labels = sa.Column(pg.ARRAY(sa.Text))
    key = sa.Column(pg.UUID(as_uuid=True))
    raw = sa.Column(sa.LargeBinary)
    version = sa.Column(sa.Integer, nullable=False)
    boss_id = sa.Column(sa.ForeignKey("person.id"))
    teams = orm.relationship(Team, secondary=membership, back_populates="people", order_by=Team.id)
    staff = orm.relationship("Person", backref=orm.backref("boss", remote_side=[id]), order_by=id)
    __table_args__ = (sa.CheckConstraint("balance >= 0", name="solvent"), sa.Index("person_lower", sa.func.lower(sa.text("name"))))
    __mapper_args__ = {"version_id_col": version}


def connect():
    return sa.create_engine("postgresql+psycopg2://", future=True)


def session(engine):
    return orm.Session(engine, future=True)


@scenario
def the_schema_is_made(engine):
    Base.metadata.create_all(engine)
    Base.metadata.create_all(engine)
    yield sorted(sa.inspect(engine).get_table_names())


@scenario
def objects_are_stored_and_found(engine):
    with session(engine) as db:
        red, blue = Team(name="red"), Team(name="blue")
        ada = Person(name="Ada é", level=Level.high, born=datetime.date(1815, 12, 10), facts={"a": [1, None]}, labels=["x", "y"], raw=b"\0\xff", teams=[red, blue],
                     seen=datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc))
        db.add_all([ada, *(Person(name=f"person {i}", boss=ada, teams=[blue]) for i in range(30))])
        db.commit()
        yield ada.id, ada.level, ada.balance, ada.version, len(ada.staff), [team.name for team in ada.teams]
        ada.facts = {"b": 2}
        ada.balance += 5
        db.commit()
        yield ada.version, ada.facts, ada.balance
        yield db.execute(sa.select(Person.name, sa.func.count(Team.id)).join(Person.teams).group_by(Person.id).order_by(Person.id).limit(2)).all()


@scenario
def queries(engine):
    with session(engine) as db:
        boss = orm.aliased(Person)
        yield [p.name for p in db.scalars(sa.select(Person).join(boss, Person.boss).where(boss.name.like("Ada%")).order_by(Person.id).limit(3))]
        yield len(db.scalars(sa.select(Person).options(orm.selectinload(Person.teams), orm.joinedload(Person.boss))).unique().all())
        yield db.scalar(sa.select(sa.exists().where(Person.facts["b"].as_integer() == 2)))
        yield db.scalars(sa.select(Person.id).where(Person.labels.contains(["x"]))).all()
        yield db.execute(sa.select(Person.id, sa.func.row_number().over(order_by=Person.id.desc())).order_by(Person.id).limit(2)).all()
        tree = sa.select(Person.id, sa.literal(0).label("depth")).where(Person.boss_id.is_(None)).cte("tree", recursive=True)
        tree = tree.union_all(sa.select(Person.id, tree.c.depth + 1).where(Person.boss_id == tree.c.id))
        yield db.execute(sa.select(tree.c.depth, sa.func.count()).group_by(tree.c.depth).order_by(tree.c.depth)).all()
        yield db.scalars(sa.select(Person.name).where(Person.id.in_([1, 2, 3])).order_by(Person.name.desc())).all()
        yield db.execute(sa.text("SELECT name FROM person WHERE id = :id"), {"id": 2}).all()
        yield db.scalar(sa.select(Person.id).where(Person.id == 1).with_for_update(skip_locked=True))
        yield db.execute(sa.select(sa.case((Person.level == Level.high, "up"), else_="down"), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1"))).all()


@scenario
def writes(engine):
    with session(engine) as db:
        yield db.execute(sa.update(Person).where(Person.name.like("person 1%")).values(level=Level.high).returning(Person.id),
                             execution_options={"synchronize_session": False}).all().__len__()
        statement = pg.insert(Team).values([{"name": "red"}, {"name": "green"}])
        yield db.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"name": statement.excluded.name + "!"}).returning(Team.name)).all()
        yield db.execute(sa.delete(membership).where(membership.c.person_id == 5)).rowcount
        db.bulk_insert_mappings(Team, [{"name": f"bulk {i}"} for i in range(200)])
        db.bulk_save_objects([Team(name=f"bulk object {i}") for i in range(50)])
        yield db.scalar(sa.select(sa.func.count()).select_from(Team))
        with db.begin_nested() as nested:
            db.add(Team(name="never"))
            db.flush()
            nested.rollback()
        db.commit()
        yield db.scalar(sa.select(sa.func.count()).where(Team.name == "never"))


@scenario
def errors(engine):
    with session(engine) as db:
        for broken in (Team(name="blue"), Team(), Person(name="x", balance=-1), Person(name="x" * 60), Person(boss_id=9999)):
            db.add(broken)
            yield expect(exc.SQLAlchemyError, db.commit)[:300]
            db.rollback()
        yield expect(exc.SQLAlchemyError, db.execute, sa.text("SELECT nosuch"))
        db.rollback()
        with session(engine) as other:
            mine, theirs = db.get(Person, 1), other.get(Person, 1)
            mine.name, theirs.name = "mine", "theirs"
            db.commit()
            yield expect(orm.exc.StaleDataError, other.commit)


@scenario
def reflection(engine):
    inspector = sa.inspect(engine)
    yield inspector.default_schema_name, inspector.get_schema_names(), sorted(inspector.get_view_names()), inspector.get_enums()
    for table in ("authors", "books", "everything", "Odd Name", "person", "events", "child"):
        yield table, [(c["name"], str(c["type"]) if not isinstance(c["type"], sa.types.NullType) else None, c["nullable"], c["default"]) for c in inspector.get_columns(table)]
        yield inspector.get_pk_constraint(table), inspector.get_foreign_keys(table), inspector.get_indexes(table)
        yield inspector.get_unique_constraints(table), inspector.get_check_constraints(table), inspector.get_table_comment(table)
    yield inspector.get_view_definition("long_books"), inspector.has_table("nosuch"), sorted(inspector.get_sequence_names())
    reflected = sa.MetaData()
    reflected.reflect(engine, views=True)
    yield sorted(reflected.tables)


@scenario
def streams_and_batches(engine):
    with engine.connect().execution_options(stream_results=True, max_row_buffer=7) as connection:
        yield sum(row.id for row in connection.execute(sa.text("SELECT id FROM books")))
    fast = sa.create_engine("postgresql+psycopg2://", executemany_mode="values_plus_batch", future=True)
    with fast.begin() as connection:
        yield connection.execute(sa.text("INSERT INTO counters VALUES (:n, :v)"), [{"n": f"n{i}", "v": i} for i in range(100)]).rowcount
        yield connection.execute(sa.text("DELETE FROM counters WHERE name ~ '^n\\d'")).rowcount
    fast.dispose()


@scenario
def isolation_levels_and_pools(engine):
    for level in ("SERIALIZABLE", "REPEATABLE READ", "AUTOCOMMIT"):
        with engine.connect().execution_options(isolation_level=level) as connection:
            yield level, connection.scalar(sa.text("SHOW transaction_isolation")), connection.get_isolation_level()
    connections = [engine.connect() for _ in range(5)]
    yield [connection.scalar(sa.text("SELECT 1")) for connection in connections]
    for connection in connections:
        connection.close()
    yield engine.dialect.server_version_info, engine.dialect.default_schema_name, engine.dialect.supports_statement_cache


@scenario
def the_schema_is_dropped(engine):
    Base.metadata.drop_all(engine)
    yield sa.inspect(engine).has_table("person")


@scenario
def masked_values(engine):
    contacts = sa.Table("contacts", sa.MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        yield connection.execute(sa.select(contacts).order_by(contacts.c.id).limit(3)).all()
        yield connection.execute(sa.select(contacts.c.email + "!", sa.func.count()).where(contacts.c.id < 4).group_by(contacts.c.id).order_by(contacts.c.id)).all()
        yield connection.execution_options(stream_results=True).execute(sa.select(contacts.c.id, contacts.c.card).order_by(contacts.c.id)).all()[-2:]


main(connect, lambda engine: engine.dispose())
