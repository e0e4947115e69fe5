#include <algorithm>

#include "auth/scram.h"
#include "base/digest.h"
#include "config/sections.h"

namespace sluice::config {
namespace {

std::optional<auth::CertificateNames> decode_certificate(const YamlNode& node, FindingList& findings) {
  Fields fields(node, "a certificate", findings);
  auth::CertificateNames names;
  for (const auto& [key, name] : {std::pair("common_name", &names.common_name), std::pair("subject", &names.subject), std::pair("dns", &names.dns),
                                  std::pair("uri", &names.uri), std::pair("email", &names.email)}) {
    if (auto text = fields.text(key)) *name = std::move(*text);
  }
  if (names == auth::CertificateNames{}) {
    findings.error(node.place, "say what the certificate must name: common_name, subject, dns, uri or email");
  }
  fields.finish();
  return names;
}

/// What proves this identity when it connects.
void decode_proofs(Fields& fields, IdentityEntry& entry, Decoding& decoding) {
  FindingList& findings = decoding.findings;
  if (const auto verifier = fields.text("scram_verifier")) {
    entry.scram_verifier = *verifier;
    if (!auth::ScramVerifier::parse(*verifier).ok()) {
      findings.error(fields.place_of("scram_verifier"), "not a SCRAM-SHA-256 verifier; `sluice scram-verifier` makes one from a password");
    }
  }
  if (const YamlNode* certificate = fields.node("certificate")) {
    entry.certificate = decode_certificate(*certificate, findings);
    if (decoding.config.tls_client_ca.empty()) {
      findings.error(certificate->place, "no client certificate is believed without client_ca in the section tls");
    }
  }
  for (auto& peer : fields.texts("peer")) entry.peers.push_back(std::move(peer.value));
}

void decode_identity(const YamlNode& node, Decoding& decoding) {
  FindingList& findings = decoding.findings;
  Fields fields(node, "an identity", findings);
  IdentityEntry entry;
  auth::Identity& identity = entry.identity;
  const auto id = fields.text("id", Need::required);
  if (id) {
    identity.id = IdentityId{*id};
    if (*id != kAny && !is_identifier(*id)) findings.error(fields.place_of("id"), "\"" + *id + "\" is no usable name of an identity");
    if (!decoding.identities.emplace(identity.id, fields.place_of("id")).second) {
      findings.error(fields.place_of("id"), "duplicate identity \"" + *id + "\"");
    }
  }
  const auto kind = fields.choice("kind", {"agent", "person"}, Need::required);
  identity.kind = kind == "person" ? auth::IdentityKind::person : auth::IdentityKind::agent;
  if (kind == "person") {
    fields.refuse("owner", "only an agent has an owner");
  } else if (const auto owner = fields.text("owner", kind == "agent" ? Need::required : Need::optional)) {
    identity.owner = IdentityId{*owner};
  }
  for (const auto& group : fields.texts("groups")) {
    if (!is_identifier(group.value)) findings.error(group.place, "\"" + group.value + "\" is no usable name of a group");
    identity.groups.push_back(GroupId{group.value});
    decoding.groups.insert(GroupId{group.value});
  }
  std::sort(identity.groups.begin(), identity.groups.end());
  if (id == kAny) {
    for (const char* key : {"scram_verifier", "certificate", "api_token_sha256", "owner"}) {
      fields.refuse(key, "\"*\" stands for any name: only the operating system can vouch for it, with peer");
    }
    if (!fields.has("peer")) findings.error(node.place, "\"*\" needs peer: which operating system users may use any name");
    if (kind != "person") findings.error(fields.place_of("kind"), "\"*\" stands for people: an agent has a name and an owner");
  }
  decode_proofs(fields, entry, decoding);
  if (const auto hash = fields.text("api_token_sha256")) {
    entry.api_token_sha256 = *hash;
    Digest digest{};
    if (!from_hex(*hash, digest)) {
      findings.error(fields.place_of("api_token_sha256"), "expected 64 lower-case hex digits; `sluice token` makes a token and its hash");
    }
    for (const auto& [other, other_entry] : decoding.config.identities) {
      if (other_entry.api_token_sha256 == *hash) findings.error(fields.place_of("api_token_sha256"), "the token of another identity");
    }
  }
  entry.limits = session_limits_of(identity.groups, fields.node("limits"), decoding);
  fields.finish();
  if (id == kAny) {
    decoding.config.any_identity = std::move(entry);
  } else if (id) {
    decoding.config.identities.emplace(identity.id, std::move(entry));
  }
}

void check_owners(Decoding& decoding) {
  for (const auto& [id, entry] : decoding.config.identities) {
    const IdentityId& owner = entry.identity.owner;
    if (owner.empty()) continue;
    const auto found = decoding.config.identities.find(owner);
    const Place place = decoding.identities.at(id);
    if (found == decoding.config.identities.end()) {
      decoding.findings.error(place, "unknown owner \"" + owner.text + "\" of \"" + id.text + "\"");
    } else if (found->second.identity.kind != auth::IdentityKind::person) {
      decoding.findings.error(place, "the owner of \"" + id.text + "\" must be a person");
    }
  }
}

}  // namespace

void decode_identities(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::sequence || node.items.empty()) {
    decoding.findings.error(node.place, "expected a list of at least one identity");
    return;
  }
  for (const YamlNode& item : node.items) decode_identity(item, decoding);
  check_owners(decoding);
}

}  // namespace sluice::config
