#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/sections.h"

namespace sluice::config {
namespace {

using std::chrono::seconds;

bool is_address(const std::string& text) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

/// "0660": octal, as chmod takes it.
std::optional<unsigned> read_permissions(const std::string& text) {
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 8);
  if (error != std::errc() || end != text.data() + text.size() || bits > 0777) return std::nullopt;
  return bits;
}

std::optional<Listen> decode_endpoint(const YamlNode& node, const std::string& what, std::uint16_t usual_port, Decoding& decoding) {
  Fields fields(node, what, decoding.findings);
  Listen listen;
  listen.port = usual_port;
  const auto address = fields.text("address", Need::required);
  if (address && !address->starts_with('/') && !is_address(*address)) {
    decoding.findings.error(fields.place_of("address"), "\"" + *address + "\" is no IPv4 or IPv6 address, and no path that starts with /");
  }
  if (address) listen.address = *address;
  if (const auto port = fields.number("port", 1, 65535)) listen.port = static_cast<std::uint16_t>(*port);
  if (const auto text = fields.text("permissions")) {
    const auto bits = read_permissions(*text);
    if (!bits || !listen.address.starts_with('/')) {
      decoding.findings.error(fields.place_of("permissions"), "expected the octal permissions of a Unix socket, such as \"0660\"");
    }
    listen.permissions = bits.value_or(listen.permissions);
  }
  fields.finish();
  return listen;
}

TcpOptions decode_tcp_options(const YamlNode& node, const std::string& what, Decoding& decoding) {
  Fields fields(node, what, decoding.findings);
  TcpOptions options;
  options.keepalive_idle = fields.duration("keepalive_idle", seconds(32767)).value_or(options.keepalive_idle);
  options.keepalive_interval = fields.duration("keepalive_interval", seconds(32767)).value_or(options.keepalive_interval);
  if (const auto count = fields.number("keepalive_count", 1, 127)) options.keepalive_count = static_cast<int>(*count);
  options.user_timeout = fields.duration("user_timeout", seconds(86400)).value_or(seconds(0));
  fields.finish();
  return options;
}

}  // namespace

void decode_listen(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::sequence || node.items.empty()) {
    decoding.findings.error(node.place, "expected a list of at least one address, such as [{address: 127.0.0.1, port: 6432}]");
    return;
  }
  for (const YamlNode& item : node.items) {
    const auto listen = decode_endpoint(item, "a listener", 6432, decoding);
    const auto same = [&](const Listen& other) { return other.address == listen->address && other.port == listen->port; };
    if (std::any_of(decoding.config.listen.begin(), decoding.config.listen.end(), same)) {
      decoding.findings.error(item.place, "this address and port are in the list twice");
    }
    decoding.config.listen.push_back(*listen);
  }
}

void decode_tls(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "tls", decoding.findings);
  if (const auto certificate = fields.text("certificate", Need::required)) decoding.config.tls_certificate = decoding.resolve(*certificate);
  if (const auto key = fields.text("key", Need::required)) {
    decoding.config.tls_key = decoding.resolve(*key);
    const Secret unused(decoding.secret_from(*key, fields.place_of("key")));  // there, and nobody else can read it
  }
  if (const auto file = fields.text("client_ca")) decoding.config.tls_client_ca = decoding.resolve(*file);
  decoding.config.tls_required = fields.flag("required").value_or(false);
  fields.finish();
}

void decode_tcp(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "tcp", decoding.findings);
  if (const YamlNode* agents = fields.node("agents")) decoding.config.tcp_agents = decode_tcp_options(*agents, "tcp.agents", decoding);
  if (const YamlNode* upstreams = fields.node("upstreams")) decoding.tcp_upstreams = decode_tcp_options(*upstreams, "tcp.upstreams", decoding);
  fields.finish();
}

void decode_admin(const YamlNode& node, Decoding& decoding) { decoding.config.admin = decode_endpoint(node, "admin", 6480, decoding); }

void decode_store(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "store", decoding.findings);
  if (const auto path = fields.text("path", Need::required)) decoding.config.store_path = decoding.resolve(*path);
  fields.finish();
}

void decode_audit(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "audit", decoding.findings);
  if (const auto path = fields.text("directory", Need::required)) decoding.config.audit_directory = decoding.resolve(*path);
  fields.finish();
}

void decode_limits(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "limits", decoding.findings);
  Limits& limits = decoding.config.limits;
  limits.max_statement_bytes = fields.number("max_statement_bytes", 1024, 16u << 20).value_or(limits.max_statement_bytes);
  if (const auto depth = fields.number("max_statement_depth", 50, 1000)) limits.max_statement_depth = static_cast<int>(*depth);
  if (const auto sessions = fields.number("max_sessions", 1, 1000000)) limits.max_sessions = static_cast<std::uint32_t>(*sessions);
  if (const auto logins = fields.number("max_logins", 1, 1000000)) limits.max_logins = static_cast<std::uint32_t>(*logins);
  limits.max_memory = fields.number("max_memory", 1u << 20, std::uint64_t{1} << 50).value_or(limits.max_memory);
  limits.login_timeout = fields.duration("login_timeout", seconds(600)).value_or(limits.login_timeout);
  limits.shutdown_timeout = fields.duration("shutdown_timeout", seconds(3600)).value_or(limits.shutdown_timeout);
  limits.write_timeout = fields.duration("write_timeout", seconds(86400)).value_or(limits.write_timeout);
  limits.session = read_session_limits(fields, decoding).applied_to(limits.session);
  decode_group_limits(fields, decoding);
  fields.finish();
}

}  // namespace sluice::config
