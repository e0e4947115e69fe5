// Cards in Microsoft's own renderer, in a real browser. In: {cards: {name: card}}; out: {name: what was parsed, is seen, and comes of clicks}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const { cards } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const page = await browser.newPage({ viewport: { width: 900, height: 2000 } });
await page.setContent("<!doctype html><meta charset=utf-8><body><div id=root></div>");
await page.addScriptTag({ path: require.resolve("adaptivecards/dist/adaptivecards.min.js") });

// In the page: parses and renders one card.
function render(json) {
  const { AdaptiveCard, SerializationContext, HostConfig } = window.AdaptiveCards;
  const seen = { warnings: [], markdown: [], body: [], elements: {}, actions: [] };
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    seen.markdown.push(text);
    result.outputHtml = "<b>markdown</b>";
    result.didProcess = true;
  };
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig({ fontFamily: "sans-serif", actions: { maxActions: 6 } });
  const context = new SerializationContext();
  card.parse(json, context);
  for (let i = 0; i < context.eventCount; ++i) seen.warnings.push(context.getEventAt(i).message);
  for (const problem of card.validateProperties().validationEvents) seen.warnings.push(problem.message);
  card.onExecuteAction = (action) => seen.actions.push({ kind: action.getJsonTypeName(), title: action.title, verb: action.verb, data: action.data, url: action.url });
  const root = document.getElementById("root");
  root.replaceChildren(card.render());
  const shown = (element) => (element.renderedElement?.innerText ?? "").replaceAll("\u00a0", " ");
  for (let i = 0; i < card.getItemCount(); ++i) {
    const item = card.getItemAt(i);
    const lines = item.getItemCount ? Array.from({ length: item.getItemCount() }, (_, j) => shown(item.getItemAt(j))) : [shown(item)];
    seen.body.push({ kind: item.getJsonTypeName(), lines });
  }
  for (const element of root.querySelectorAll("*")) seen.elements[element.tagName.toLowerCase()] = (seen.elements[element.tagName.toLowerCase()] ?? 0) + 1;
  window.seen = seen;
  return seen;
}

const results = {};
for (const [name, card] of Object.entries(cards)) {
  const seen = await page.evaluate(render, card);
  const press = async (title) => {
    const button = page.locator(`button[title="${title}"]:visible`); // the one for links has the role "link"
    if (await button.count()) await button.first().click();
    return button.count();
  };
  for (const verb of ["Approve", "Deny"]) {
    if (!(await press(`${verb} …`))) continue;
    await page.locator("textarea:visible").fill(`because of "${verb}" & <b>more</b>`);
    await press(verb);
    await press(`${verb} …`);
  }
  await press("Link my account");
  await press("Open");
  results[name] = { ...seen, actions: await page.evaluate(() => window.seen.actions), text: await page.locator("#root").innerText() };
}
await browser.close();
process.stdout.write(JSON.stringify(results));
