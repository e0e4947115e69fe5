// postgres.js: prints what it sees, scenario by scenario.
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import postgres from "postgres";
import { attempt, collect, play, show } from "./scenarios.mjs";

const connect = (options = {}) => postgres({ max: 1, onnotice: () => {}, ...options });
const plain = (rows) => [...rows].map((row) => ({ ...row }));

await play(connect, (sql) => sql.end({ timeout: 5 }), {
  async "every type"(sql) {
    const rows = await sql`SELECT * FROM everything ORDER BY id`;
    show(plain(rows), rows.columns.map(({ name, type, number }) => [name, type, number]));
    show(plain(await sql`SELECT home, mood FROM authors WHERE id < 3 ORDER BY id`));
  },
  async "parameters and helpers"(sql) {
    show(plain(await sql`SELECT ${1}::int + 1 AS a, ${"it's é"} AS b, ${null}::text AS c, ${sql.json({ a: 1 })}::jsonb AS d, ${[1, 2]}::int[] AS e, ${new Date(0)}::timestamptz AS f`));
    show(plain(await sql`SELECT title FROM books WHERE id IN ${sql([1, 3])} ORDER BY id`));
    show(plain(await sql`INSERT INTO counters ${sql([{ name: "js 1", value: 1 }, { name: "js 2", value: 2 }])} RETURNING *`));
    show(plain(await sql`UPDATE counters SET ${sql({ value: 9 }, "value")} WHERE name = ${"js 1"} RETURNING *`), (await sql`DELETE FROM counters`).count);
    show(plain(await sql.unsafe("SELECT 1 AS a; SELECT 2 AS b")), plain(await sql.unsafe("SELECT $1::int AS a", [5])), plain(await sql`SELECT ${sql("name")} FROM ${sql("authors")} WHERE id = 1`));
  },
  async "errors"(sql) {
    for (const text of ["SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')"]) {
      show(await attempt(() => sql.unsafe(text)), await attempt(() => sql.unsafe(text, [], { prepare: true })));
    }
  },
  async "pipelined statements"(sql) {
    const answers = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => sql`SELECT 100 / (${i}::int % 50) AS x`));
    show(answers.map((answer) => answer.value?.[0].x ?? answer.reason.code).join(","));
  },
  async "transactions and savepoints"(sql) {
    show(await attempt(() => sql.begin(async (transaction) => {
      await transaction`INSERT INTO counters VALUES ('js', 1)`;
      await attempt(() => transaction.savepoint((inner) => inner`SELECT 1/0`));
      show(plain(await transaction`SELECT count(*) FROM counters WHERE name = 'js'`));
      throw new Error("given up");
    })), plain(await sql`SELECT count(*) FROM counters WHERE name = 'js'`));
    show((await sql.begin("isolation level serializable read only", (transaction) => [transaction`SHOW transaction_isolation`, transaction`SELECT 2 AS two`])).map(plain));
  },
  async "cursors"(sql) {
    const seen = [];
    await sql`SELECT id FROM books ORDER BY id`.cursor(60, (rows) => { seen.push(rows.length); });
    await sql`SELECT id FROM books ORDER BY id`.cursor(10, (rows) => { seen.push(rows[0].id); return sql.CLOSE; });
    let sum = 0;
    await sql`SELECT id FROM books`.forEach((row) => { sum += Number(row.id); });
    show(seen, sum);
  },
  async "COPY both ways"(sql) {
    await pipeline(Readable.from(["js 1\t1\n", "js 2\t2\n"]), await sql`COPY counters FROM STDIN`.writable());
    const [sink, text] = collect(Writable);
    await pipeline(await sql`COPY counters TO STDOUT`.readable(), sink);
    show(text(), (await sql`DELETE FROM counters`).count);
  },
  async "descriptions and raw values"(sql) {
    const { types, columns } = await sql`SELECT id, title FROM books WHERE id = ${1} AND title = ${"x"}`.describe();
    show(types, columns.map(({ name, type }) => [name, type]), await sql`SELECT id, title FROM books WHERE id = 1`.values(), await sql`SELECT 'é', NULL`.raw());
  },
  async "cancel"(sql) {
    const query = sql`SELECT pg_sleep(20)`;
    setTimeout(() => query.cancel(), 300); // a cancel that overtakes the statement has no effect
    show(await attempt(() => query), plain(await sql`SELECT 'alive' AS a`));
  },
  async "notifications"(sql) {
    const heard = new Promise((resolve, reject) => sql.listen("jobs", resolve).catch(reject));
    heard.catch(() => {});
    await attempt(() => sql.listen("jobs", () => {}));
    await sql.notify("jobs", "one");
    show(await heard);
  },
  async "settings and parameters"() {
    const seen = {};
    const sql = connect({ connection: { application_name: "js", statement_timeout: 5000 }, onparameter: (name, value) => { seen[name] = value; } });
    show(plain(await sql`SHOW statement_timeout`), seen);
    await sql.end();
  },
  async "masked values"(sql) {
    show(plain(await sql`SELECT * FROM contacts ORDER BY id LIMIT 3`), plain(await sql`SELECT email, card FROM contacts WHERE id = ${7}`));
    await sql`SELECT id, email FROM contacts ORDER BY id`.cursor(60, (rows) => show(rows.at(-1)));
  },
});
