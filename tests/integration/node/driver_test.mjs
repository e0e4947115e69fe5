// node-postgres. Prints "ok NAME" or "FAIL NAME: why" for each scenario; the Python test reads that.
import assert from "node:assert/strict";
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import pg from "pg";
import Cursor from "pg-cursor";
import copyStreams from "pg-copy-streams";

const masked = process.env.EXPECT_MASKS === "1";

async function withClient(scenario) {
  const client = new pg.Client();
  await client.connect();
  try {
    await scenario(client);
  } finally {
    await client.end();
  }
}

function emailIsAsExpected(row) {
  if (masked) assert.equal(row.email, `tok-${row.id}`);
  else assert.match(row.email, /@example\.org$/);
}

const scenarios = {
  async "every verdict in one session"(client) {
    const notices = [];
    client.on("notice", (notice) => notices.push(notice.message));
    assert.equal((await client.query("SELECT name FROM customers WHERE id = $1", [3])).rows[0].name, "Ada 3");
    emailIsAsExpected((await client.query("SELECT id, email FROM customers WHERE id = 3")).rows[0]);
    await assert.rejects(client.query("SELECT rolpassword FROM pg_authid"), { code: "42501" });
    await client.query("CREATE TABLE node_held (id integer)");
    assert.equal((await client.query("INSERT INTO node_held VALUES ($1)", [1])).rowCount, 1);
    assert.equal(notices.length > 0, masked);
  },
  async "a pending error: an agent that is told to come again does"() {
    const hasty = new pg.Client({ user: "hasty-bot", password: process.env.HASTY_PASSWORD });
    await hasty.connect();
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          await hasty.query("CREATE TABLE node_pending (id integer)");
          assert.ok(!masked || attempt > 1);
          break;
        } catch (error) {
          assert.equal(error.code, "SL001");
          assert.equal(JSON.parse(error.detail).state, "pending");
          assert.ok(attempt < 200);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    } finally {
      await hasty.end();
    }
  },
  async "named prepared statements"(client) {
    for (let id = 1; id <= 20; id++) {
      const answer = await client.query({ name: "by-id", text: "SELECT id, email FROM customers WHERE id = $1", values: [id] });
      emailIsAsExpected(answer.rows[0]);
    }
  },
  async "column types and names stay"(client) {
    const { fields } = await client.query("SELECT id, email, joined FROM customers LIMIT 0");
    assert.deepEqual(fields.map((field) => [field.name, field.dataTypeID]), [["id", 23], ["email", 1043], ["joined", 1082]]);
  },
  async "several statements in one message"(client) {
    const answers = await client.query("SELECT 1 AS a; SELECT 2 AS b; SELECT 3 AS c");
    assert.deepEqual(answers.map((answer) => Object.values(answer.rows[0])[0]), [1, 2, 3]);
  },
  async "an error keeps the session"(client) {
    await assert.rejects(client.query("SELECT 1/0"), { code: "22012" });
    await assert.rejects(client.query("SELEC 1"), { code: "42601" });
    await assert.rejects(client.query("SELECT nosuch FROM customers"), { code: "42703" });
    await assert.rejects(client.query("SELECT $1::int", ["x"]), { code: "22P02" });
    assert.equal((await client.query("SELECT 1 AS one")).rows[0].one, 1);
  },
  async "transactions"(client) {
    await client.query("BEGIN");
    await client.query("INSERT INTO counters VALUES ('node', 1)");
    await assert.rejects(client.query("INSERT INTO counters VALUES ('node', 1)"), { code: "23505" });
    await assert.rejects(client.query("SELECT 1"), { code: "25P02" });
    await client.query("ROLLBACK");
    assert.equal((await client.query("SELECT count(*)::int AS n FROM counters WHERE name = 'node'")).rows[0].n, 0);
  },
  async "many queries queued at once"(client) {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => client.query("SELECT $1::int AS i", [i])));
    assert.deepEqual(answers.map((answer) => answer.rows[0].i), Array.from({ length: 500 }, (_, i) => i));
  },
  async "a cursor with row limits"(client) {
    const cursor = client.query(new Cursor("SELECT id, email FROM customers ORDER BY id"));
    let seen = 0;
    for (let rows = await cursor.read(30); rows.length; rows = await cursor.read(30)) {
      rows.forEach(emailIsAsExpected);
      seen += rows.length;
    }
    await cursor.close();
    assert.equal(seen, 200);
    assert.equal((await client.query("SELECT 1 AS one")).rows[0].one, 1);
  },
  async "closing a suspended cursor"(client) {
    const cursor = client.query(new Cursor("SELECT generate_series(1, 100000)"));
    await cursor.read(10);
    await cursor.close();
    assert.equal((await client.query("SELECT 1 AS one")).rows[0].one, 1);
  },
  async "COPY both ways"(client) {
    await client.query("BEGIN");
    const lines = Array.from({ length: 5000 }, (_, i) => `${70000 + i}\tnode ${i}\n`);
    await pipeline(Readable.from(lines), client.query(copyStreams.from("COPY tasks (id, title) FROM STDIN")));
    let bytes = "";
    const sink = new Writable({ write(chunk, _, done) { bytes += chunk; done(); } });
    await pipeline(client.query(copyStreams.to("COPY (SELECT id FROM tasks WHERE id >= 70000 ORDER BY id) TO STDOUT")), sink);
    assert.equal(bytes.split("\n").length, 5001);
    await client.query("ROLLBACK");
  },
  async "a pool"() {
    const pool = new pg.Pool({ max: 4 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query("SELECT id, email FROM customers WHERE id = $1", [i + 1])));
    answers.forEach((answer) => emailIsAsExpected(answer.rows[0]));
    await pool.end();
  },
  async "a statement timeout"(client) {
    await client.query("SET statement_timeout = 100");
    await assert.rejects(client.query("SELECT count(*) FROM generate_series(1, 10000000000)"), { code: "57014" });
    await client.query("RESET statement_timeout");
  },
};

for (const [name, scenario] of Object.entries(scenarios)) {
  try {
    await withClient(scenario);
    console.log(`ok ${name}`);
  } catch (failure) {
    console.log(`FAIL ${name}: ${failure.stack ?? failure}`);
  }
}
