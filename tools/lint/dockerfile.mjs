// Checks Dockerfiles for unknown or malformed instructions: node dockerfile.mjs FILE...
import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";

let problems = 0;
for (const file of process.argv.slice(2)) {
  for (const { range, message } of validate(readFileSync(file, "utf8"))) {
    console.log(`${file}:${range.start.line + 1}:${range.start.character + 1}: ${message}`);
    problems += 1;
  }
}
console.log(`dockerfile: ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
