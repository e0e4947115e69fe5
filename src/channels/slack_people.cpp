#include "channels/slack_people.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "channels/person.h"

namespace sluice::channels {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kBelieved{60};
constexpr std::size_t kMostAccounts = 10'000;

bool is_set(const json& user, const char* name) {
  const auto found = user.find(name);
  return found != user.end() && !(found->is_boolean() && !found->get<bool>()) && !found->is_null();
}

std::string objection_to(const json& user, const std::string& id, const std::string& team) {
  if (!user.is_object() || user.value("id", "") != id) return "Slack does not know this account";
  if (is_set(user, "deleted")) return "the account is deactivated";
  if (is_set(user, "is_bot") || is_set(user, "is_workflow_bot") || is_set(user, "is_app_user")) return "the account is an app's";
  if (is_set(user, "is_restricted") || is_set(user, "is_ultra_restricted")) return "the account is a guest's";
  if (is_set(user, "is_stranger") || user.value("team_id", team) != team) return "the account is another organisation's";
  return {};
}

// Plain addresses alone: what Slack and a mail server could understand differently stands for nobody.
std::string email_of(const json& user) {
  if (!is_set(user, "is_email_confirmed")) return {};
  const auto profile = user.find("profile");
  if (profile == user.end() || !profile->is_object()) return {};
  const auto email = profile->find("email");
  if (email == profile->end() || !email->is_string()) return {};
  const std::string text = email->get<std::string>();
  const bool plain = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_@") == std::string::npos;
  return plain && std::count(text.begin(), text.end(), '@') == 1 ? text : std::string();
}

}  // namespace

net::awaitable<Result<SlackPeople::Account>> SlackPeople::look(std::string user, std::string team) {
  const std::string key = team + "/" + user;
  if (const auto known = accounts_.find(key); known != accounts_.end() && known->second.until > steady_clock::now()) co_return known->second;
  json arguments{{"user", user}};
  auto asking = api_.call("users.info", std::move(arguments));
  Result<SlackAnswer> answer = co_await std::move(asking);
  if (!answer.ok()) co_return std::move(answer).error();
  if (!answer->error.empty() && answer->error != "user_not_found" && answer->error != "user_not_visible") {
    co_return make_error(ErrorKind::upstream_unavailable, "Slack does not tell who this is: " + answer->error);
  }
  Account account{steady_clock::now() + kBelieved, {}, {}};
  try {
    const auto found = answer->body.find("user");
    const json described = answer->error.empty() && found != answer->body.end() ? *found : json();
    account.objection = objection_to(described, user, team);
    if (account.objection.empty()) account.email = email_of(described);
  } catch (const json::exception&) {
    account.objection = "Slack does not know this account";
  }
  if (accounts_.size() >= kMostAccounts) accounts_.clear();
  accounts_.insert_or_assign(key, account);
  co_return account;
}

net::awaitable<Status> SlackPeople::check(std::string user, std::string team) {
  auto looking = look(std::move(user), std::move(team));
  Result<Account> account = co_await std::move(looking);
  if (!account.ok()) co_return std::move(account).error();
  if (!account->objection.empty()) co_return make_error(ErrorKind::denied, account->objection);
  co_return Done{};
}

net::awaitable<Result<std::optional<auth::Identity>>> SlackPeople::person(std::string user, std::string team) {
  auto asking = person_behind(backend_, "slack", team + "/" + user);
  Result<std::optional<auth::Identity>> linked = co_await std::move(asking);
  const auto slack = api_.settings();
  if (!linked.ok() || *linked || !slack || slack->email_domains.empty()) co_return linked;
  auto looking = look(std::move(user), std::move(team));
  Result<Account> account = co_await std::move(looking);
  if (!account.ok()) co_return std::move(account).error();
  const std::size_t at = account->email.find('@');
  if (!account->objection.empty() || at == std::string::npos || !slack->email_domains.contains(account->email.substr(at + 1))) co_return linked;
  co_return configured_person(*backend_.board.config(), IdentityId{account->email});
}

net::awaitable<std::vector<std::string>> SlackPeople::users_of(IdentityId person) {
  std::vector<std::string> users;
  if (person.empty()) co_return users;
  auto asking = backend_.channels.accounts_of(std::move(person));
  Result<std::vector<store::ChannelAccount>> accounts = co_await std::move(asking);
  const auto slack = api_.settings();
  if (!accounts.ok() || !slack) co_return users;
  for (const store::ChannelAccount& account : *accounts) {
    const std::size_t slash = account.account.find('/');
    if (account.channel != "slack" || slash == std::string::npos || !slack->teams.contains(account.account.substr(0, slash))) continue;
    users.push_back(account.account.substr(slash + 1));
  }
  co_return users;
}

}  // namespace sluice::channels
