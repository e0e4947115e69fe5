#include <chrono>
#include <nlohmann/json.hpp>

#include "admin/decode_decision.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/rfc3339.h"

// Accounts of chat services, each confirmed by the person behind it with the one-time code that it was told.
namespace sluice::admin {

namespace {
constexpr std::size_t kMaxNameBytes = 256;

nlohmann::ordered_json account_json(const store::ChannelAccount& account) {
  return {{"channel", account.channel}, {"account", account.account}, {"identity", account.identity.text}, {"linked", to_rfc3339(account.linked)}};
}

// As it was shown: people type small letters, blanks and hyphens.
std::string code_of(const std::string& text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return code;
}
}  // namespace

Answer link_account(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  SLUICE_CO_TRY(body, texts_of(call.request, {"code"}, {"code"}));
  const std::string code = code_of(body.at("code"));
  ApiState::WrongCodes& wrong = call.state->wrong_codes[call.caller.id];
  const auto now = std::chrono::steady_clock::now();
  if (now - wrong.since > ApiState::kCodePause) wrong = {0, now};
  if (wrong.count >= ApiState::kWrongCodes) {
    co_return make_error(ErrorKind::budget_exceeded, "too many wrong codes", "Ask for a new code in the chat and try again in a few minutes.");
  }
  ++wrong.count;
  Result<store::ChannelAccount> account = co_await call.backend.channels.confirm_link(code, call.caller.id);
  if (!account.ok()) co_return std::move(account).error();
  call.state->wrong_codes.erase(call.caller.id);
  net::HttpResponse response = json_response(account_json(*account).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  response.status = 201;
  co_return response;
}

Answer list_accounts(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  Result<std::vector<store::ChannelAccount>> accounts = co_await call.backend.channels.accounts_of(call.caller.id);
  if (!accounts.ok()) co_return std::move(accounts).error();
  nlohmann::ordered_json body{{"items", nlohmann::ordered_json::array()}};
  for (const store::ChannelAccount& account : *accounts) body["items"].push_back(account_json(account));
  co_return json_response(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Answer unlink_account(Call call) {
  SLUICE_CO_CHECK(require_person(call));
  SLUICE_CO_TRY(query, query_of(call, {"channel", "account"}));
  const std::string channel = query["channel"];
  const std::string account = query["account"];
  if (channel.empty() || account.empty() || channel.size() > kMaxNameBytes || account.size() > kMaxNameBytes) {
    co_return make_error(ErrorKind::bad_request, "channel and account say which link to remove");
  }
  Status removed = co_await call.backend.channels.unlink(channel, account, call.caller.id);
  if (!removed.ok()) co_return std::move(removed).error();
  net::HttpResponse response;
  response.status = 204;
  co_return response;
}

}  // namespace sluice::admin
