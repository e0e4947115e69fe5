#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "policy/names.h"
#include "policy/upstream_role.h"

namespace sluice::policy {
namespace {

// Memberships that open tables, files or other sessions' statements whatever the grants on the tables say.
constexpr std::array<std::string_view, 8> kPowerful{"pg_read_all_data",     "pg_write_all_data",          "pg_read_server_files", "pg_write_server_files",
                                                    "pg_execute_server_program", "pg_monitor", "pg_read_all_stats",    "pg_stat_scan_tables"};

std::string name_of(const sql::Catalog& catalog, Oid oid) {
  const sql::Relation* relation = catalog.relation(oid);
  return relation == nullptr ? std::to_string(oid) : written_name(relation->schema, relation->name);
}

}  // namespace

std::vector<RoleFinding> judge_role(const RoleFacts& facts, const std::vector<ColumnId>& hidden, const Policy& policy,
                                    const sql::Catalog& catalog) {
  std::vector<RoleFinding> findings;
  const std::string role = "the upstream role \"" + facts.role + "\"";
  for (const std::string& attribute : facts.attributes) {
    const bool grave = attribute != "CREATEDB";
    findings.push_back({grave, role + " is " + attribute});
  }
  for (const std::string& membership : facts.memberships) {
    if (std::find(kPowerful.begin(), kPowerful.end(), membership) != kPowerful.end()) findings.push_back({true, role + " is a member of " + membership});
  }
  for (const Oid oid : facts.owned) {
    findings.push_back({true, role + " owns " + name_of(catalog, oid) + ", which has tags: an owner needs no grants"});
  }
  std::map<Oid, std::string> readable;
  for (const ColumnId column : facts.readable) {
    const sql::Relation* relation = catalog.relation(column.relation);
    const sql::Column* found = relation == nullptr ? nullptr : relation->column(column.attribute);
    if (found == nullptr || !std::binary_search(hidden.begin(), hidden.end(), column)) continue;
    std::string& names = readable[column.relation];
    names += (names.empty() ? "" : ", ") + written_name(found->name);
  }
  for (const auto& [oid, names] : readable) {
    findings.push_back({true, role + " may read " + name_of(catalog, oid) + " (" + names + "), which no allowed statement needs"});
  }
  for (const FunctionFact& function : facts.functions) {
    const bool listed = std::binary_search(policy.allowed_functions.begin(), policy.allowed_functions.end(), function.schema + "." + function.name);
    if (function.owners_rights && function.executable && !listed) {
      findings.push_back({false, role + " may execute " + function.signature + ", which runs with its owner's rights"});
    }
  }
  return findings;
}

}  // namespace sluice::policy
