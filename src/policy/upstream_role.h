#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "policy/policy.h"
#include "policy/tag_map.h"
#include "sql/catalog.h"

namespace sluice::policy {

/// What the role that Sluice logs in with needs on one relation so that everything which the rules allow works.
struct RelationNeeds {
  Oid relation = 0;
  std::vector<std::int16_t> select;  ///< columns that somebody sees in clear, or whose masks read them
  std::vector<std::int16_t> update;  ///< columns that somebody may change: a masked one nobody can
  bool read = false;                 ///< rows are counted or masked, if nothing else
  bool insert = false;
  bool updates = false;
  bool deletes = false;
  bool truncate = false;
  friend bool operator==(const RelationNeeds&, const RelationNeeds&) = default;
};

struct RoleNeeds {
  std::vector<RelationNeeds> relations;  ///< tables, views and sequences that are needed at all; by oid
  std::vector<std::string> create_in;    ///< schemas in which rules allow the schema to be changed; sorted
  bool temporary = false;
  bool masked = false;                   ///< a rule masks something for somebody who uses the role
};

[[nodiscard]] RoleNeeds needs_of_role(const Policy& policy, const std::vector<auth::Identity>& identities, const DatabaseAlias& database,
                                      const sql::Catalog& catalog, const TagMap& tags);

/// Columns with tags that the role has no business to read: every allowed statement works without.
[[nodiscard]] std::vector<ColumnId> never_read(const RoleNeeds& needs, const sql::Catalog& catalog, const TagMap& tags);
[[nodiscard]] std::set<Oid> tagged_relations(const sql::Catalog& catalog, const TagMap& tags);

/// A function of the database's users, and who runs it.
struct FunctionFact {
  std::string schema;
  std::string name;
  std::string signature;          ///< as GRANT names it
  bool owners_rights = false;     ///< SECURITY DEFINER
  bool executable = false;        ///< by the role
};

/// What PostgreSQL says of the role.
struct RoleFacts {
  std::string role;
  bool exists = false;
  std::vector<std::string> attributes;   ///< "SUPERUSER", "BYPASSRLS" … that it has
  std::vector<std::string> memberships;  ///< roles that it is a member of, however indirectly
  std::vector<Oid> owned;                ///< of the relations that were asked about; also through a membership
  std::vector<ColumnId> readable;        ///< of the columns that were asked about
  std::vector<Oid> open_to_all;          ///< of the relations that were asked about: PUBLIC may read them
  std::vector<FunctionFact> functions;   ///< with the owner's rights, or listed by the policy
};

struct RoleFinding {
  bool grave = false;  ///< the database itself would show masked values to this role
  std::string text;
  friend bool operator==(const RoleFinding&, const RoleFinding&) = default;
};

/// What the role may do that it should not, given that `hidden` is what it need not read.
[[nodiscard]] std::vector<RoleFinding> judge_role(const RoleFacts& facts, const std::vector<ColumnId>& hidden, const Policy& policy,
                                                  const sql::Catalog& catalog);

/// DDL for psql, run by a superuser, that leaves the role with exactly what is needed.
[[nodiscard]] std::string role_ddl(const RoleFacts& facts, const RoleNeeds& needs, const Policy& policy, const sql::Catalog& catalog);

}  // namespace sluice::policy
