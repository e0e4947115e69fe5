#include "channels/person.h"

#include <utility>

namespace sluice::channels {

std::optional<auth::Identity> configured_person(const config::Config& config, const IdentityId& id) {
  // Not by the entry "*": it vouches for people at a Unix socket only.
  const auto found = config.identities.find(id);
  if (found == config.identities.end() || found->second.identity.kind != auth::IdentityKind::person) return std::nullopt;
  return found->second.identity;
}

net::awaitable<Result<std::optional<auth::Identity>>> person_behind(Backend backend, std::string channel, std::string account) {
  auto asking = backend.channels.person_of(std::move(channel), std::move(account));
  Result<std::optional<IdentityId>> id = co_await std::move(asking);
  if (!id.ok()) co_return std::move(id).error();
  if (!*id) co_return std::optional<auth::Identity>();
  co_return configured_person(*backend.board.config(), **id);
}

}  // namespace sluice::channels
