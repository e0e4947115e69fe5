#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace sluice {

/// PostgreSQL's object identifier.
using Oid = std::uint32_t;

/// A string that cannot be mistaken for another kind of string.
template <class Tag>
struct NamedId {
  std::string text;

  friend auto operator<=>(const NamedId&, const NamedId&) = default;
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
};

using IdentityId = NamedId<struct IdentityIdTag>;  ///< who connects: an agent or a person, as configured
using GroupId = NamedId<struct GroupIdTag>;
using RuleId = NamedId<struct RuleIdTag>;
using RequestId = NamedId<struct RequestIdTag>;  ///< an approval request: "AR" + 26 characters, sorted by time
using DatabaseAlias = NamedId<struct DatabaseAliasTag>;  ///< the name by which agents ask for an upstream database

/// A column is known by its table's oid and its attribute number, never by a name.
struct ColumnId {
  Oid relation = 0;
  std::int16_t attribute = 0;

  friend auto operator<=>(const ColumnId&, const ColumnId&) = default;
};

/// Which catalog and which policy a value was computed from. They only grow.
struct SnapshotVersions {
  std::uint64_t catalog = 0;
  std::uint64_t policy = 0;

  friend auto operator<=>(const SnapshotVersions&, const SnapshotVersions&) = default;
};

}  // namespace sluice

template <class Tag>
struct std::hash<sluice::NamedId<Tag>> {
  std::size_t operator()(const sluice::NamedId<Tag>& id) const noexcept { return std::hash<std::string>{}(id.text); }
};

template <>
struct std::hash<sluice::ColumnId> {
  std::size_t operator()(const sluice::ColumnId& id) const noexcept {
    return std::hash<std::uint64_t>{}((std::uint64_t{id.relation} << 16) ^ static_cast<std::uint16_t>(id.attribute));
  }
};
