#include "channels/outgoing.h"

namespace sluice::channels {

Result<std::shared_ptr<net::TlsClientContext>> outgoing_tls(const config::Channels& channels) {
  SLUICE_TRY(tls, net::TlsClientContext::make(net::TlsVerification::full));
  if (!channels.ca_file.empty()) SLUICE_CHECK(tls->trust_also(channels.ca_file));
  return tls;
}

}  // namespace sluice::channels
