#include "channels/teams_places.h"

#include <algorithm>
#include <utility>

namespace sluice::channels {
namespace {

// The names under which the store keeps them, as messages of no request.
constexpr const char* kServices = "teams.services";
constexpr const char* kMembers = "teams.members";
const RequestId kNoRequest{};
constexpr const char* kAnywhere = "*";

}  // namespace

net::awaitable<Status> TeamsPlaces::load() {
  if (loaded_) co_return Done{};
  for (auto [kind, known] : {std::pair(kServices, &services_), std::pair(kMembers, &members_)}) {
    auto reading = backend_.channels.messages(kind, kNoRequest);
    const auto rows = co_await std::move(reading);
    if (!rows.ok()) co_return rows.error();
    for (const store::ChannelMessage& row : *rows) known->try_emplace(row.target, row.reference);
  }
  loaded_ = true;
  co_return Done{};
}

net::awaitable<Status> TeamsPlaces::keep(std::string kind, std::map<std::string, std::string>& known, std::string key, std::string value) {
  const auto found = known.find(key);
  if (found != known.end() && found->second == value) co_return Done{};
  store::ChannelMessage row{kNoRequest, key, value, {}};
  auto writing = backend_.channels.keep(std::move(kind), std::move(row));
  const Status kept = co_await std::move(writing);
  if (kept.ok()) known.insert_or_assign(key, value);
  co_return kept;
}

net::awaitable<Result<bool>> TeamsPlaces::note(const ProvenActivity& proven) {
  SLUICE_CO_CHECK(co_await load());
  const std::string& url = proven.service_url.text();
  const std::string& conversation = proven.activity.conversation;
  const bool routed = std::any_of(teams_.routes.begin(), teams_.routes.end(), [&](const auto& route) { return route.target == conversation; });
  const auto known = services_.find(conversation);
  const bool news = services_.empty() || (routed && (known == services_.end() || known->second != url));
  SLUICE_CO_CHECK(co_await keep(kServices, services_, kAnywhere, url));
  if (routed) SLUICE_CO_CHECK(co_await keep(kServices, services_, conversation, url));
  co_return news;
}

net::awaitable<Result<std::optional<ServiceUrl>>> TeamsPlaces::service_of(std::string conversation) {
  SLUICE_CO_CHECK(co_await load());
  auto found = services_.find(conversation);
  if (found == services_.end()) found = services_.find(kAnywhere);
  const std::string& text = found == services_.end() ? teams_.service_url : found->second;
  if (text.empty()) co_return std::optional<ServiceUrl>();
  // What was proven once is believed only while the operator still names its host.
  Result<ServiceUrl> url = ServiceUrl::of(text, teams_.service_hosts);
  if (!url.ok()) co_return std::optional<ServiceUrl>();
  co_return std::optional(std::move(*url));
}

net::awaitable<Status> TeamsPlaces::note_person(std::string account, std::string member) {
  if (member.empty()) co_return Done{};
  SLUICE_CO_CHECK(co_await load());
  co_return co_await keep(kMembers, members_, std::move(account), std::move(member));
}

net::awaitable<Result<std::vector<std::string>>> TeamsPlaces::members_of(std::vector<IdentityId> people) {
  SLUICE_CO_CHECK(co_await load());
  std::vector<std::string> members;
  for (const IdentityId& person : people) {
    auto reading = backend_.channels.accounts_of(person);
    const auto accounts = co_await std::move(reading);
    if (!accounts.ok()) co_return accounts.error();
    for (const store::ChannelAccount& account : *accounts) {
      const auto found = account.channel == "teams" ? members_.find(account.account) : members_.end();
      if (found != members_.end()) members.push_back(found->second);
    }
  }
  co_return members;
}

}  // namespace sluice::channels
