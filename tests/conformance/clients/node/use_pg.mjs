// node-postgres: prints what it sees, scenario by scenario.
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import pg from "pg";
import Cursor from "pg-cursor";
import copyStreams from "pg-copy-streams";
import QueryStream from "pg-query-stream";
import { attempt, collect, play, show } from "./scenarios.mjs";

const rows = async (client, ...words) => (await client.query(...words)).rows;

async function connect(options) {
  const client = new pg.Client(options);
  await client.connect();
  return client;
}

await play(connect, (client) => client.end(), {
  async "every type in text and binary"(client) {
    for (const binary of [false, true]) {
      const answer = await client.query({ text: "SELECT id, a_bool, a_small, a_text, a_char, an_oid, ints, texts, a_bytea FROM everything ORDER BY id", binary });
      show(answer.rows, answer.fields.map(({ name, dataTypeID, dataTypeSize, dataTypeModifier, format, columnID }) => [name, dataTypeID, dataTypeSize, dataTypeModifier, format, columnID]));
    }
    show(await rows(client, { text: "SELECT * FROM everything ORDER BY id", rowMode: "array" }));
  },
  async "parameters"(client) {
    show(await rows(client, "SELECT $1::int + 1 AS a, $2 AS b, $3::text AS c, $4::jsonb AS d, $5::timestamptz AS e, $6::bytea AS f, $7::int[] AS g",
      [1, "it's é", null, { a: [1] }, new Date(0), Buffer.from([0, 255]), [1, 2]]));
    show(await attempt(() => rows(client, "SELECT $1::int", ["x"])), await attempt(() => rows(client, "SELECT $1::int", [])));
  },
  async "named statements"(client) {
    for (let id = 1; id < 8; id++) show(await rows(client, { name: "by-id", text: "SELECT id, title FROM books WHERE id = $1", values: [id] }));
    show(await attempt(() => rows(client, { name: "by-id", text: "SELECT 1" })));
    await client.query("DEALLOCATE ALL");
    show(await attempt(() => rows(client, { name: "by-id", text: "SELECT id, title FROM books WHERE id = $1", values: [1] })));
  },
  async "several statements and empty ones"(client) {
    show((await client.query("SELECT 1 AS a; INSERT INTO counters VALUES ('node', 1); DELETE FROM counters; SELECT 'é' AS b")).map((one) => [one.command, one.rowCount, one.rows]));
    show((await client.query("")).rows, (await client.query(";")).rows, (await client.query({ text: "", values: [] })).rows);
  },
  async "errors with all fields"(client) {
    for (const text of ["SELECT 1/0", "SELEC", "SELECT nosuch FROM books", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT fail_with('é')"]) {
      show(await attempt(() => client.query(text)), await attempt(() => client.query({ text, values: [] })));
    }
  },
  async "transactions"(client) {
    await client.query("BEGIN");
    await client.query("INSERT INTO counters VALUES ('node', 1)");
    show(await attempt(() => client.query("SELECT 1/0")), await attempt(() => client.query("SELECT 1")));
    show((await client.query("COMMIT")).command, await rows(client, "SELECT count(*) FROM counters WHERE name = 'node'"));
  },
  async "many queries queued at once"(client) {
    const answers = await Promise.allSettled(Array.from({ length: 300 }, (_, i) => client.query("SELECT 100 / ($1::int % 50) AS x", [i])));
    show(answers.map((answer) => answer.value?.rows[0].x ?? answer.reason.code).join(","));
  },
  async "cursors and streams"(client) {
    const cursor = client.query(new Cursor("SELECT id FROM books WHERE id > $1 ORDER BY id", [5]));
    show(await cursor.read(3), await cursor.read(2));
    await cursor.close();
    let sum = 0;
    for await (const row of client.query(new QueryStream("SELECT id FROM books", [], { batchSize: 7 }))) sum += Number(row.id);
    show(sum, await attempt(async () => { for await (const _ of client.query(new QueryStream("SELECT 1 / (3 - i) FROM generate_series(1, 9) i"))); }));
    show(await rows(client, "SELECT 'alive' AS a"));
  },
  async "COPY both ways"(client) {
    const copyIn = client.query(copyStreams.from("COPY counters FROM STDIN"));
    await pipeline(Readable.from(Array.from({ length: 3000 }, (_, i) => `node ${i}\t${i}\n`)), copyIn);
    const [sink, text] = collect(Writable);
    await pipeline(client.query(copyStreams.to("COPY (SELECT * FROM counters WHERE value > 2997 ORDER BY value) TO STDOUT")), sink);
    show(copyIn.rowCount, text(), await attempt(() => pipeline(Readable.from(["x\ty\n"]), client.query(copyStreams.from("COPY counters FROM STDIN")))));
    show((await client.query("DELETE FROM counters")).rowCount);
  },
  async "notices and notifications"(client) {
    const seen = [];
    client.on("notice", ({ severity, code, message }) => seen.push([severity, code, message]));
    await client.query("SELECT remark('node')");
    const heard = new Promise((resolve) => client.on("notification", ({ channel, payload }) => resolve([channel, payload])));
    await client.query("LISTEN jobs");
    const other = await connect();
    await other.query("NOTIFY jobs, 'one'");
    show(seen, await heard);
    await other.end();
  },
  async "timeouts and settings"(client) {
    const timed = await connect({ statement_timeout: 100, application_name: "node", options: "-c extra_float_digits=0" });
    show(await attempt(() => timed.query("SELECT pg_sleep(20)")), await rows(timed, "SHOW application_name"), await rows(timed, "SHOW extra_float_digits"));
    await timed.end();
    show(await attempt(() => connect({ database: "nosuch" })), await attempt(() => connect({ password: "wrong" })));
    show(client.processID === (await rows(client, "SELECT pg_backend_pid() AS p"))[0].p);
  },
  async "a pool"() {
    const pool = new pg.Pool({ max: 4 });
    show((await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query("SELECT title FROM books WHERE id = $1", [i + 1])))).at(-1).rows);
    await pool.end();
  },
  async "masked values"(client) {
    for (const binary of [false, true]) show((await client.query({ text: "SELECT id, name, email, phone, card FROM contacts ORDER BY id LIMIT 3", binary, values: [] })).rows);
    const { fields } = await client.query("SELECT * FROM contacts LIMIT 0");
    show(fields.map(({ name, dataTypeID, dataTypeSize, dataTypeModifier }) => [name, dataTypeID, dataTypeSize, dataTypeModifier]));
    show(await rows(client, { name: "p", text: "SELECT salary, email FROM contacts WHERE id = $1", values: [3] }));
  },
});
