#include "cli/healthcheck.h"

#include <cstdio>

#include "cli/http_call.h"
#include "control/config_file.h"

namespace sluice::cli {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "sluice healthcheck: %s\n", message.c_str());
  return 1;
}

std::string url_of(const config::Listen& admin) {
  if (admin.address.starts_with('/')) return "unix:" + admin.address;
  // Who listens at every address listens at this machine's own too.
  std::string host = admin.address == "0.0.0.0" ? "127.0.0.1" : admin.address == "::" ? "::1" : admin.address;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(admin.port);
}

}  // namespace

int healthcheck(const HealthcheckOptions& options) {
  const config::Decoded decoded = control::read_config(options.config_path);
  if (!decoded.config) return fail("the configuration has mistakes; `sluice check-config " + options.config_path + "` lists them");
  if (!decoded.config->admin) return fail("the configuration has no admin section to ask");
  ApiOptions api;
  api.url = url_of(*decoded.config->admin);
  api.anonymous = true;
  net::HttpRequest request;
  request.method = "GET";
  request.path = "/readyz";
  const auto response = http_call(api, std::move(request));
  if (!response.ok()) return fail(response.error().message);
  std::printf("%s\n", response->body.c_str());
  return response->status == 200 ? 0 : 1;
}

}  // namespace sluice::cli
