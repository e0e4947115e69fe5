#include <algorithm>
#include <charconv>

#include "config/sections.h"

namespace sluice::config {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxHosts = 32;
constexpr const char* kSame = "same";
constexpr std::string_view kAdminDatabase = "sluice";  // of the gateway itself, docs/admin-database.md

/// "db", "db:5433", "[::1]:5433", "::1", "/run/postgresql".
std::optional<UpstreamHost> read_host(std::string_view text, std::uint16_t usual_port) {
  UpstreamHost host{std::string(text), usual_port};
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (const std::size_t colon = text.find(':'); !host.is_unix() && colon != std::string_view::npos && colon == text.rfind(':')) {
    host.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), host.port);
    if (port.front() != ':' || error != std::errc() || end != port.data() + port.size() || host.port == 0) return std::nullopt;
  }
  if (host.host.empty() || host.host.find_first_of(", \t") != std::string::npos) return std::nullopt;
  return host;
}

TargetSession target_of(std::string_view word) {
  if (word == "read-write") return TargetSession::read_write;
  if (word == "read-only") return TargetSession::read_only;
  if (word == "primary") return TargetSession::primary;
  if (word == "standby") return TargetSession::standby;
  if (word == "prefer-standby") return TargetSession::prefer_standby;
  return TargetSession::any;
}

class DatabaseDecoder {
 public:
  DatabaseDecoder(const YamlNode& node, bool any, Decoding& decoding)
      : fields_(node, any ? "the database \"*\"" : "a database", decoding.findings), decoding_(decoding), any_(any) {}

  Upstream decode() {
    decode_hosts();
    decode_target();
    if (any_) {
      fields_.refuse("database", "\"*\" passes on the name that the agent gives");
    } else if (const auto database = fields_.text("database", Need::required)) {
      upstream_.database = name("database", *database);
    }
    if (const auto user = fields_.text("user", Need::required)) upstream_.user = name("user", *user);
    if (upstream_.user == kSame) findings().error(fields_.place_of("user"), "the gateway itself needs a role: say same in an entry of roles");
    upstream_.password = password(fields_);
    decode_roles();
    decode_tls();
    upstream_.show_identity = fields_.flag("show_identity").value_or(false);
    upstream_.refuse_privileges = fields_.choice("upstream_privileges", {"refuse", "warn"}) == "refuse";
    fields_.finish();
    return std::move(upstream_);
  }

 private:
  FindingList& findings() { return decoding_.findings; }

  std::string name(std::string_view key, const std::string& text) {
    if (text.size() > 63) findings().error(fields_.place_of(key), "PostgreSQL keeps 63 bytes of a name: this one is longer");
    return text;
  }

  Secret password(Fields& fields) {
    const auto file = fields.text("password_file");
    return file ? Secret(decoding_.secret_from(*file, fields.place_of("password_file"))) : Secret();
  }

  void decode_hosts() {
    const auto port = static_cast<std::uint16_t>(fields_.number("port", 1, 65535).value_or(5432));
    upstream_.hosts.clear();
    const auto add = [&](const std::string& text, Place place) {
      const auto host = read_host(text, port);
      if (!host) return findings().error(place, "\"" + text + "\" is no host: a name, an address, or a directory of Unix sockets; with :port if need be");
      upstream_.hosts.push_back(*host);
    };
    if (fields_.has("hosts")) {
      fields_.refuse("host", "either host or hosts");
      for (const auto& host : fields_.texts("hosts")) add(host.value, host.place);
      if (upstream_.hosts.size() > kMaxHosts) findings().error(fields_.place_of("hosts"), "more than " + std::to_string(kMaxHosts) + " hosts");
    } else if (const auto host = fields_.text("host", Need::required)) {
      add(*host, fields_.place_of("host"));
    }
  }

  void decode_target() {
    if (const auto target = fields_.choice("target_session_attrs", {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"})) {
      upstream_.target = target_of(*target);
    }
    if (const auto balance = fields_.choice("load_balance_hosts", {"disable", "random"})) upstream_.load_balance = *balance == "random";
    upstream_.connect_timeout = fields_.duration("connect_timeout", seconds(600)).value_or(upstream_.connect_timeout);
  }

  void decode_roles() {
    const YamlNode* node = fields_.node("roles");
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::sequence || node->items.empty()) {
      return findings().error(node->place, "expected a list such as [{groups: [dbas], user: same}]");
    }
    for (const YamlNode& item : node->items) decode_role(item);
  }

  void decode_role(const YamlNode& node) {
    Fields fields(node, "a role", findings());
    UpstreamRole role;
    for (const auto& identity : fields.texts("identities")) {
      role.identities.push_back(IdentityId{identity.value});
      decoding_.named_by_databases.emplace_back(identity.place, role.identities.back());
    }
    for (const auto& group : fields.texts("groups")) {
      role.groups.push_back(GroupId{group.value});
      decoding_.groups_named_by_databases.emplace_back(group.place, role.groups.back());
    }
    if (const auto user = fields.text("user", Need::required); user && *user != kSame) role.user = *user;
    role.password = password(fields);
    fields.finish();
    upstream_.roles.push_back(std::move(role));
  }

  void decode_tls() {
    if (const auto tls = fields_.choice("tls", {"disable", "require", "verify-full"})) {
      upstream_.tls = *tls == "disable" ? UpstreamTls::disable : *tls == "require" ? UpstreamTls::require : UpstreamTls::verify_full;
    }
    if (const auto ca_file = fields_.text("ca_file")) {
      upstream_.ca_file = decoding_.resolve(*ca_file);
      if (upstream_.tls != UpstreamTls::verify_full) {
        findings().error(fields_.place_of("ca_file"), "ca_file is only looked at with tls: verify-full");
      }
    }
    if (const auto negotiation = fields_.choice("tls_negotiation", {"postgres", "direct"})) upstream_.direct_tls = *negotiation == "direct";
    if (const auto certificate = fields_.text("certificate")) {
      upstream_.certificate = decoding_.resolve(*certificate);
      if (const auto key = fields_.text("key", Need::required)) {
        upstream_.key = decoding_.resolve(*key);
        const Secret unused(decoding_.secret_from(*key, fields_.place_of("key")));  // there, and nobody else can read it
      }
    } else {
      fields_.refuse("key", "there is no certificate for it");
    }
    if (const auto binding = fields_.choice("channel_binding", {"disable", "prefer", "require"})) {
      upstream_.channel_binding = *binding == "disable"  ? ChannelBinding::disable
                                  : *binding == "prefer" ? ChannelBinding::prefer
                                                         : ChannelBinding::require;
    }
    if (upstream_.tls != UpstreamTls::disable) return;
    for (const char* key : {"certificate", "tls_negotiation"}) {
      if (fields_.has(key)) findings().error(fields_.place_of(key), std::string(key) + " is only looked at with TLS");
    }
    if (upstream_.channel_binding == ChannelBinding::require) findings().error(fields_.place_of("channel_binding"), "channel binding needs TLS");
  }

  Fields fields_;
  Decoding& decoding_;
  const bool any_;
  Upstream upstream_;
};

}  // namespace

void decode_databases(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::mapping || node.fields.empty()) {
    decoding.findings.error(node.place, "expected a mapping of at least one database: the name that agents use, then where it is");
    return;
  }
  for (const auto& [key, value] : node.fields) {
    decoding.databases.insert(DatabaseAlias{key.text});
    const bool any = key.text == kAny;
    if (!any && !is_identifier(key.text)) decoding.findings.error(key.place, "\"" + key.text + "\" is no usable name of a database");
    if (key.text == kAdminDatabase) decoding.findings.error(key.place, "\"" + key.text + "\" is the name of the admin database");
    Upstream upstream = DatabaseDecoder(value, any, decoding).decode();
    for (UpstreamHost& host : upstream.hosts) host.tcp = decoding.tcp_upstreams;
    if (any) {
      decoding.config.any_database = std::move(upstream);
    } else {
      decoding.config.databases.emplace(DatabaseAlias{key.text}, std::move(upstream));
    }
  }
}

void check_roles(Decoding& decoding) {
  for (const auto& [place, identity] : decoding.named_by_databases) {
    if (!decoding.identities.contains(identity)) decoding.findings.error(place, "unknown identity \"" + identity.text + "\"");
  }
  for (const auto& [place, group] : decoding.groups_named_by_databases) {
    if (!decoding.groups.contains(group)) decoding.findings.error(place, "unknown group \"" + group.text + "\": nobody is in it");
  }
}

}  // namespace sluice::config
