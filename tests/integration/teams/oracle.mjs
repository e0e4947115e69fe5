// What Microsoft's own library says of tokens. In: {metadata, appId, cases: [{name, token, serviceUrl, channelId}]}; out: {name: "accepted" or why not}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { ChannelValidation, JwtTokenValidation, SimpleCredentialProvider } = require("botframework-connector");
const { metadata, appId, cases } = JSON.parse(readFileSync(0, "utf8"));
ChannelValidation.OpenIdMetadataEndpoint = metadata;
console.error = () => {};
const verdicts = {};
for (const { name, token, serviceUrl, channelId } of cases) {
  try {
    const identity = await JwtTokenValidation.authenticateRequest({ serviceUrl, channelId }, `Bearer ${token}`, new SimpleCredentialProvider(appId, "x"), "");
    verdicts[name] = identity?.isAuthenticated ? "accepted" : "not authenticated";
  } catch (error) {
    verdicts[name] = String(error.message);
  }
}
process.stdout.write(JSON.stringify(verdicts));
