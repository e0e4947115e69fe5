// Plays the scenarios of a Node driver and prints what they show, to be compared from one run to the next.

export const show = (...values) => console.log(values.map((value) => JSON.stringify(value, plain) ?? "undefined").join(" "));

function plain(_, value) {
  return typeof value === "bigint" ? `${value}n` : typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

// How a call fails: what a program can branch on.
export async function attempt(action) {
  try {
    const value = await action();
    return value?.rows ?? value ?? "no error";
  } catch (failure) {
    const { name, message, severity, code, detail, hint, position, where, schema, table, column, constraint } = failure;
    return { name, message, severity, code, detail, hint, position, where, schema, table, column, constraint };
  }
}

// A sink and a function that tells what has run into it.
export function collect(Writable) {
  let text = "";
  return [new Writable({ write(chunk, _, done) { text += chunk; done(); } }), () => text];
}

export async function play(connect, close, scenarios) {
  const masked = process.argv[2] === "masked";
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (name.startsWith("masked") !== masked) continue;
    console.log(`== ${name}`);
    let client;
    try {
      client = await connect();
      await Promise.race([scenario(client), new Promise((_, reject) => setTimeout(() => reject(new Error("not within its time")), 20000).unref())]);
    } catch (failure) {
      console.log(`!! ${failure.stack ?? failure}`.split("\n")[0]);
    }
    await Promise.resolve(client && close(client)).catch((failure) => console.log(`!! ${failure.message}`));
  }
  process.exit(0);
}
