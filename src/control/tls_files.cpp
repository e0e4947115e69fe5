#include "control/tls_files.h"

#include <string>

#include "protocol/startup_flow.h"

namespace sluice::control {
namespace {

Status try_out(const config::Upstream& upstream) {
  if (upstream.tls == config::UpstreamTls::disable) return Done{};
  const bool full = upstream.tls == config::UpstreamTls::verify_full;
  SLUICE_TRY(context, net::TlsClientContext::make(full ? net::TlsVerification::full : net::TlsVerification::none, upstream.ca_file));
  if (!upstream.certificate.empty()) SLUICE_CHECK(context->show_certificate(upstream.certificate, upstream.key));
  return Done{};
}

}  // namespace

Result<std::shared_ptr<net::TlsServerContext>> load_tls_files(const config::Config& config) {
  for (const auto& [alias, upstream] : config.databases) SLUICE_CHECK(try_out(upstream));
  if (config.any_database) SLUICE_CHECK(try_out(*config.any_database));
  if (config.tls_certificate.empty()) return std::shared_ptr<net::TlsServerContext>();
  return net::TlsServerContext::load(config.tls_certificate, config.tls_key, std::string(protocol::kAlpnProtocol), config.tls_client_ca);
}

}  // namespace sluice::control
