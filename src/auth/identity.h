#pragma once

#include <string>
#include <vector>

#include "base/ids.h"

namespace sluice::auth {

enum class IdentityKind { agent, person };

/// Who speaks on a session. A value: copied freely, compared by content.
struct Identity {
  IdentityId id;
  IdentityKind kind = IdentityKind::agent;
  std::vector<GroupId> groups;  ///< sorted, no duplicates
  IdentityId owner;             ///< an agent's owner: the person answerable for it; empty for a person
  IdentityId acts_for;          ///< the person on whose behalf an agent acts in this session; empty: none

  friend bool operator==(const Identity&, const Identity&) = default;
};

}  // namespace sluice::auth
