#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "auth/identity.h"
#include "channels/slack_api.h"
#include "channels/slack_interaction.h"

namespace sluice::channels {

/// Who stands behind accounts of Slack. Lives on the control thread.
class SlackPeople {
 public:
  SlackPeople(Backend backend, SlackApi& api) : backend_(backend), api_(api) {}

  /// Asks Slack whether the account may act at all: not one that is deleted, a bot, a guest, or another organisation's. An answer
  /// counts for a minute. `denied`: it may not, and why; other errors: nobody knows.
  [[nodiscard]] net::awaitable<Status> check(std::string user, std::string team);
  /// The person whom the account is linked to; by its e-mail address if that is configured. Empty: nobody.
  [[nodiscard]] net::awaitable<Result<std::optional<auth::Identity>>> person(std::string user, std::string team);
  /// Accounts of the person, as user ids; empty if there are none or nobody knows.
  [[nodiscard]] net::awaitable<std::vector<std::string>> users_of(IdentityId person);

 private:
  struct Account {
    net::Deadline until;
    std::string objection;  ///< why it may not act; empty: it may
    std::string email;      ///< confirmed; else empty
  };
  [[nodiscard]] net::awaitable<Result<Account>> look(std::string user, std::string team);

  const Backend backend_;
  SlackApi& api_;
  std::map<std::string, Account> accounts_;
};

}  // namespace sluice::channels
