#include "channels/service_url.h"

#include "net/url_call.h"

namespace sluice::channels {

Result<ServiceUrl> ServiceUrl::of(std::string_view text, const std::set<std::string>& hosts) {
  SLUICE_TRY(url, net::parse_url(text));
  if (!url.query.empty() || text.find('?') != std::string_view::npos) return make_error(ErrorKind::bad_request, "a service URL has no query");
  if (!hosts.contains(net::authority_of(url))) return make_error(ErrorKind::denied, "the host of the service URL is not among service_hosts");
  const bool local = url.host == "127.0.0.1" || url.host == "::1" || url.host == "localhost";
  if (!url.tls && !local) return make_error(ErrorKind::denied, "the service URL is not encrypted");
  while (text.ends_with('/')) text.remove_suffix(1);
  return ServiceUrl(std::string(text));
}

}  // namespace sluice::channels
