// Writes tests/unit/auth/jwt_vectors.json: tokens that `jose` made, and what is wrong with some of them.
//   node make_jwt_vectors.mjs > ../../unit/auth/jwt_vectors.json
import * as crypto from "node:crypto";
import { CompactSign, SignJWT, exportJWK, generateKeyPair } from "jose";

const now = 1_800_000_000;
const issuer = "https://login.example/v2.0";
const audience = "0b5d4f0a-app";
const base64url = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const pairs = {
  rsa: await generateKeyPair("RS256", { extractable: true }),
  "rsa-pss": await generateKeyPair("PS256", { extractable: true }),
  "rsa-3072": await generateKeyPair("RS256", { extractable: true, modulusLength: 3072 }),
  ec: await generateKeyPair("ES256", { extractable: true }),
  ed: await generateKeyPair("EdDSA", { extractable: true }),
  enc: await generateKeyPair("RS256", { extractable: true }),
  twice: await generateKeyPair("RS256", { extractable: true }),
  ops: await generateKeyPair("RS256", { extractable: true }),
  stranger: await generateKeyPair("RS256", { extractable: true }),
};
const short = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
const e1 = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const p384 = crypto.generateKeyPairSync("ec", { namedCurve: "P-384" });
const jwk = async (id, extra = {}) => ({ ...(await exportJWK(pairs[id].publicKey)), kid: id, ...extra });
const ecJwk = await jwk("ec");
const jwks = {
  keys: [
    await jwk("rsa", { use: "sig", endorsements: ["msteams", "webchat"], x5c: ["ignored"] }),
    await jwk("rsa-pss", { alg: "PS256" }),
    await jwk("rsa-3072"),
    ecJwk,
    await jwk("ed"),
    await jwk("enc", { use: "enc" }),
    await jwk("ops", { key_ops: ["encrypt"] }),
    await jwk("twice"),
    { ...(await exportJWK(pairs.rsa.publicKey)), kid: "twice" },
    { ...short.publicKey.export({ format: "jwk" }), kid: "short" },
    { ...e1.publicKey.export({ format: "jwk" }), e: "AQ", kid: "exponent-1" },
    { ...p384.publicKey.export({ format: "jwk" }), kid: "p384" },
    { ...ecJwk, y: ecJwk.x, kid: "off-curve" },
    { kty: "oct", k: base64url("a shared secret of 32 bytes long"), kid: "shared" },
    { kty: "RSA", kid: "no-modulus" },
    { kty: "unheard-of", kid: "new-kind" },
    "not a key",
  ],
};

const claims = (changes = {}) => {
  const all = { iss: issuer, aud: audience, exp: now + 3600, nbf: now - 5, iat: now - 5, sub: "someone", ...changes };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  return all;
};
const sign = (changes = {}, key = "rsa", header = {}) =>
  new SignJWT(claims(changes)).setProtectedHeader({ alg: { "rsa-pss": "PS256", ec: "ES256", ed: "EdDSA" }[key] ?? "RS256", kid: key, typ: "JWT", ...header })
    .sign(pairs[key].privateKey);
// What jose would not make: any header and payload text, signed with RSA or any function.
const raw = (header, payload, signer = (bytes) => crypto.sign("sha256", bytes, pairs.rsa.privateKey.export ? pairs.rsa.privateKey : crypto.KeyObject.from(pairs.rsa.privateKey))) => {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString("base64url")}`;
};
const rsaPublicPem = crypto.KeyObject.from(pairs.rsa.publicKey).export({ type: "spki", format: "pem" });
const head = { alg: "RS256", kid: "rsa", typ: "JWT" };
const good = await sign();
const [h, p, s] = good.split(".");
const ecToken = await sign({}, "ec");
const ecParts = ecToken.split(".");
const ecSignature = Buffer.from(ecParts[2], "base64url");
const ecDer = crypto.sign("sha256", Buffer.from(`${ecParts[0]}.${ecParts[1]}`), { key: crypto.KeyObject.from(pairs.ec.privateKey), dsaEncoding: "der" });
const flip = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
const ecWith = (signature) => `${ecParts[0]}.${ecParts[1]}.${Buffer.from(signature).toString("base64url")}`;

const cases = [];
const accept = (name, token) => cases.push({ name, token, refused: "" });
const refuse = (name, token, why) => cases.push({ name, token, refused: why });

accept("RS256", good);
accept("RS256, 3072 bits", await sign({}, "rsa-3072"));
accept("PS256", await sign({}, "rsa-pss"));
accept("ES256", ecToken);
accept("EdDSA", await sign({}, "ed"));
accept("no typ", await sign({}, "rsa", { typ: undefined }));
accept("typ in other case", await sign({}, "rsa", { typ: "application/jwt" }));
accept("a list of one audience", await sign({ aud: [audience] }));
accept("several audiences and azp", await sign({ aud: ["other", audience], azp: audience }));
accept("ended within the skew", await sign({ exp: now - 59 }));
accept("begins within the skew", await sign({ nbf: now + 60, iat: now + 60 }));
accept("no nbf and no iat", await sign({ nbf: undefined, iat: undefined }));
accept("keys in the header are ignored", await sign({}, "rsa", { jku: "https://evil.example/keys", jwk: await exportJWK(pairs.stranger.publicKey), x5u: "https://evil.example" }));

refuse("tampered payload", `${h}.${base64url(claims({ sub: "somebody else" }))}.${s}`, "its signature is wrong");
refuse("tampered header", `${base64url({ ...head, extra: 1 })}.${p}.${s}`, "its signature is wrong");
refuse("tampered signature", `${h}.${p}.${flip(s, 10)}`, "its signature is wrong");
refuse("cut signature", `${h}.${p}.${s.slice(0, -2)}`, "its signature is wrong");
refuse("empty signature", `${h}.${p}.`, "its signature is wrong");
refuse("none", raw({ ...head, alg: "none" }, claims(), () => Buffer.alloc(0)), "its algorithm is not one of RS256");
refuse("NONE", raw({ ...head, alg: "NoNe" }, claims(), () => Buffer.alloc(0)), "its algorithm is not one of RS256");
refuse("no alg", raw({ kid: "rsa" }, claims()), "its algorithm is not one of RS256");
refuse("alg is no text", raw({ kid: "rsa", alg: ["RS256"] }, claims()), "its algorithm is not one of RS256");
refuse("HS256 keyed with the public key", raw({ ...head, alg: "HS256" }, claims(), (bytes) => crypto.createHmac("sha256", rsaPublicPem).update(bytes).digest()), "its algorithm is not one of RS256");
refuse("HS256 with the shared key of the set", raw({ ...head, alg: "HS256", kid: "shared" }, claims(), (bytes) => crypto.createHmac("sha256", "a shared secret of 32 bytes long").update(bytes).digest()), "its algorithm is not one of RS256");
refuse("RS384", await new SignJWT(claims()).setProtectedHeader({ alg: "RS384", kid: "rsa" }).sign(await crypto.webcrypto.subtle.importKey("jwk", { ...(await exportJWK(pairs.rsa.privateKey)), alg: "RS384" }, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" }, true, ["sign"])), "its algorithm is not one of RS256");
refuse("ES256 named for an RSA key", raw({ ...head, alg: "ES256" }, claims(), () => ecSignature), "its signature is wrong");
refuse("RS256 named for an EC key", raw({ ...head, kid: "ec" }, claims()), "its signature is wrong");
refuse("RS256 named for an Ed25519 key", raw({ ...head, kid: "ed" }, claims()), "its signature is wrong");
refuse("RS256 with a key for PS256", raw({ ...head, kid: "rsa-pss" }, claims(), (bytes) => crypto.sign("sha256", bytes, crypto.KeyObject.from(pairs["rsa-pss"].privateKey))), "its signature is wrong");
refuse("PS256 with a salt of another length", raw({ ...head, alg: "PS256", kid: "rsa-pss" }, claims(), (bytes) => crypto.sign("sha256", bytes, { key: crypto.KeyObject.from(pairs["rsa-pss"].privateKey), padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 })), "its signature is wrong");
refuse("another key of the set", raw({ ...head, kid: "rsa-3072" }, claims()), "its signature is wrong");
refuse("a stranger's key under our id", await new SignJWT(claims()).setProtectedHeader(head).sign(pairs.stranger.privateKey), "its signature is wrong");
refuse("a key in the header", await new SignJWT(claims()).setProtectedHeader({ ...head, kid: "stranger", jwk: await exportJWK(pairs.stranger.publicKey) }).sign(pairs.stranger.privateKey), "the issuer has no such key");
refuse("unknown key", await sign({}, "stranger"), "the issuer has no such key");
refuse("a key for encryption", await sign({}, "enc"), "the issuer has no such key");
refuse("a key that may not verify", await sign({}, "ops"), "the issuer has no such key");
refuse("an id of two keys", await sign({}, "twice"), "the issuer has no such key");
refuse("RSA of 1024 bits", raw({ ...head, kid: "short" }, claims(), (bytes) => crypto.sign("sha256", bytes, short.privateKey)), "the issuer has no such key");
refuse("RSA with exponent 1", raw({ ...head, kid: "exponent-1" }, claims(), (bytes) => crypto.sign("sha256", bytes, e1.privateKey)), "the issuer has no such key");
refuse("P-384 as ES256", raw({ ...head, alg: "ES256", kid: "p384" }, claims(), () => ecSignature), "the issuer has no such key");
refuse("a point off the curve", raw({ ...head, alg: "ES256", kid: "off-curve" }, claims(), () => ecSignature), "the issuer has no such key");
refuse("no key id", raw({ alg: "RS256" }, claims()), "it names no key");
refuse("a long key id", raw({ ...head, kid: "k".repeat(257) }, claims()), "it names no key");
refuse("ES256 in DER", ecWith(ecDer), "its signature is wrong");
refuse("ES256 with a byte more", ecWith(Buffer.concat([ecSignature, Buffer.alloc(1)])), "its signature is wrong");
refuse("ES256 of zeros", ecWith(Buffer.alloc(64)), "its signature is wrong");
refuse("ES256 tampered", ecWith(Buffer.concat([ecSignature.subarray(0, 63), Buffer.from([ecSignature[63] ^ 1])])), "its signature is wrong");
refuse("crit", raw({ ...head, crit: ["exp"], exp: 1 }, claims()), "its header has extensions");
refuse("empty crit", raw({ ...head, crit: [] }, claims()), "its header has extensions");
refuse("unencoded payload", raw({ ...head, b64: false }, claims()), "its header has extensions");
refuse("duplicate key in the header", raw('{"alg":"RS256","kid":"rsa","kid":"rsa"}', claims()), "its header is not JSON");
refuse("duplicate key in the claims", raw(head, JSON.stringify(claims()).slice(0, -1) + `,"iss":"${issuer}"}`), "its claims are not JSON");
refuse("a header that is a list", raw("[1]", claims()), "its header is not JSON");
refuse("claims that are a text", raw(head, '"claims"'), "its claims are not JSON");
refuse("claims of garbage", raw(head, "\u0000\u0001"), "its claims are not JSON");
refuse("claims nested deeply", raw(head, "[".repeat(5000) + "]".repeat(5000)), "its claims are not JSON");
refuse("padding", `${h}.${p}.${s}=`, "it is not base64url");
refuse("standard base64", `${h}.${p}.${Buffer.from(s, "base64url").toString("base64")}`, "it is not base64url");
refuse("white space", `${h}.${p}. ${s}`, "it is not base64url");
refuse("a line end", `${good}\n`, "it is not base64url");
refuse("stray bits", `${h}.${p}.${s.slice(0, -1)}${{ A: "B", Q: "R", g: "h", w: "x" }[s.at(-1)]}`, "it is not base64url");
refuse("two parts", `${h}.${p}`, "it does not have three parts");
refuse("five parts", `${good}.a.b`, "it does not have three parts");
refuse("nothing", "", "it does not have three parts");
refuse("JSON form", JSON.stringify({ payload: p, protected: h, signature: s }), "it does not have three parts");
refuse("too long", await sign({ padding: "x".repeat(16384) }), "it is too long");
refuse("another issuer", await sign({ iss: "https://login.example/v2.0/" }), "it is of another issuer");
refuse("an issuer in other case", await sign({ iss: issuer.toUpperCase() }), "it is of another issuer");
refuse("no issuer", await sign({ iss: undefined }), "it is of another issuer");
refuse("issuers", raw(head, { ...claims(), iss: [issuer] }), "it is of another issuer");
refuse("another audience", await sign({ aud: "another-app" }), "it is not for us");
refuse("no audience", await sign({ aud: undefined }), "it is not for us");
refuse("a list without us", await sign({ aud: ["a", "b"] }), "it is not for us");
refuse("a list of other things", raw(head, { ...claims(), aud: [audience, 1] }), "it is not for us");
refuse("several audiences without azp", await sign({ aud: ["other", audience] }), "it is for several");
refuse("several audiences and another azp", await sign({ aud: ["other", audience], azp: "other" }), "it is for several");
refuse("expired", await sign({ exp: now - 60 }), "it has expired");
refuse("without end", await sign({ exp: undefined }), "it has no end");
refuse("not valid yet", await sign({ nbf: now + 61 }), "it is not valid yet");
refuse("issued in the future", await sign({ iat: now + 61 }), "it was issued in the future");
refuse("an end of text", raw(head, { ...claims(), exp: `${now + 3600}` }), "a time in it is no time");
refuse("an end with a fraction", raw(head, { ...claims(), exp: now + 3600.5 }), "a time in it is no time");
refuse("a negative end", raw(head, { ...claims(), exp: -1 }), "a time in it is no time");
refuse("an end beyond time", raw(head, JSON.stringify(claims()).replace(`"exp":${now + 3600}`, '"exp":99999999999999999999')), "a time in it is no time");
refuse("an end beyond the calendar", raw(head, { ...claims(), exp: 253402300800 }), "a time in it is no time");
refuse("an access token", await sign({}, "rsa", { typ: "at+jwt" }), "it is of another type");
refuse("typ is no text", raw({ ...head, typ: 1 }, claims()), "its type is no text");
refuse("a nested token", await new CompactSign(Buffer.from(good)).setProtectedHeader({ ...head, cty: "JWT" }).sign(pairs.rsa.privateKey), "its claims are not JSON");

process.stdout.write(JSON.stringify({ now, issuer, audience, jwks, cases }, null, 1) + "\n");
