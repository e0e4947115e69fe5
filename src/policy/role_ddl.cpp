#include <algorithm>

#include "policy/names.h"
#include "policy/upstream_role.h"
#include "sql/quote.h"

namespace sluice::policy {
namespace {

/// Of a type as format_type() writes it; empty: one of pg_catalog.
std::string schema_of_type(std::string_view name) {
  std::string schema;
  if (!name.starts_with('"')) {
    const std::size_t end = name.find_first_of(". ([");
    return end != std::string_view::npos && name[end] == '.' ? std::string(name.substr(0, end)) : schema;
  }
  std::size_t at = 1;
  for (; at < name.size(); ++at) {
    if (name[at] == '"' && (at + 1 == name.size() || name[++at] != '"')) return at < name.size() && name[at] == '.' ? schema : std::string();
    schema += name[at];
  }
  return {};
}

using sql::quoted_name;

class DdlWriter {
 public:
  DdlWriter(const RoleFacts& facts, const RoleNeeds& needs, const Policy& policy, const sql::Catalog& catalog)
      : facts_(facts), needs_(needs), policy_(policy), catalog_(catalog), role_(quoted_name(facts.role)) {}

  std::string write() {
    out_ = "-- The privileges that Sluice needs in database " + quoted_name(catalog_.database()) + ", and no others. Run as a superuser:\n"
           "--   psql -v ON_ERROR_STOP=1 -d " + catalog_.database() + " -f FILE\n"
           "BEGIN;\n";
    line((facts_.exists ? "ALTER ROLE " : "CREATE ROLE ") + role_ + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS");
    if (!facts_.exists) comment("give it a password: \\password " + facts_.role);
    for (const std::string& membership : facts_.memberships) line("REVOKE " + quoted_name(membership) + " FROM " + role_);
    for (const Oid oid : facts_.owned) {
      comment("it owns " + name_of(oid) + ", and an owner needs no grants: ALTER TABLE " + name_of(oid) + " OWNER TO somebody else");
    }
    take_away();
    grant_schemas();
    for (const RelationNeeds& needs : needs_.relations) grant_relation(needs);
    grant_functions();
    out_ += "COMMIT;\n";
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + ";\n"; }
  void comment(const std::string& text) { out_ += "-- " + text + "\n"; }
  [[nodiscard]] const sql::Relation& relation(Oid oid) const { return *catalog_.relation(oid); }
  [[nodiscard]] std::string name_of(Oid oid) const { return quoted_name(relation(oid).schema, relation(oid).name); }

  void take_away() {
    std::set<std::string> schemas;
    catalog_.for_each_relation([&](const sql::Relation& each) {
      if (!each.system && each.schema != "pg_toast") schemas.insert(each.schema);
    });
    out_ += "\n";
    if (facts_.exists) {
      line("REVOKE ALL ON DATABASE " + quoted_name(catalog_.database()) + " FROM " + role_);
      for (const std::string& schema : schemas) {
        line("REVOKE ALL ON SCHEMA " + quoted_name(schema) + " FROM " + role_);
        for (const char* objects : {"TABLES", "SEQUENCES", "FUNCTIONS"}) {
          line(std::string("REVOKE ALL ON ALL ") + objects + " IN SCHEMA " + quoted_name(schema) + " FROM " + role_);
        }
      }
    }
    if (!facts_.open_to_all.empty()) comment("what everybody may read, this role may read too: grant it to those who need it");
    for (const Oid oid : facts_.open_to_all) line("REVOKE SELECT ON " + name_of(oid) + " FROM PUBLIC");
    const bool any = std::any_of(facts_.functions.begin(), facts_.functions.end(), [](const auto& each) { return each.owners_rights; });
    if (any) comment("what runs with its owner's rights reads what the role may not: grant it to those who need it");
    for (const FunctionFact& function : facts_.functions) {
      if (function.owners_rights) line("REVOKE EXECUTE ON FUNCTION " + function.signature + " FROM PUBLIC");
    }
  }

  void grant_schemas() {
    out_ += "\n";
    line("GRANT CONNECT" + std::string(needs_.temporary ? ", TEMPORARY" : "") + " ON DATABASE " + quoted_name(catalog_.database()) + " TO " + role_);
    std::set<std::string> used;
    for (const RelationNeeds& needs : needs_.relations) {
      used.insert(relation(needs.relation).schema);
      // Masks are written as casts to the column's type.
      for (const sql::Column& column : relation(needs.relation).columns) {
        if (const std::string schema = schema_of_type(column.type_name); !schema.empty()) used.insert(schema);
      }
    }
    for (const FunctionFact& function : facts_.functions) {
      if (listed(function)) used.insert(function.schema);
    }
    for (const std::string& schema : used) {
      const bool create = std::binary_search(needs_.create_in.begin(), needs_.create_in.end(), schema);
      line("GRANT USAGE" + std::string(create ? ", CREATE" : "") + " ON SCHEMA " + quoted_name(schema) + " TO " + role_);
    }
    out_ += "\n";
  }

  void grant_relation(const RelationNeeds& needs) {
    const sql::Relation& each = relation(needs.relation);
    if (each.kind == sql::RelationKind::sequence) {
      if (needs.insert) line("GRANT USAGE, SELECT ON SEQUENCE " + name_of(each.oid) + " TO " + role_);
      return;
    }
    std::vector<std::string> privileges;
    // With the privilege on a system column rows can be counted, and masked, though no column may be read.
    if (needs.select.empty()) {
      privileges.push_back(each.kind == sql::RelationKind::view ? std::string("SELECT") : std::string("SELECT (tableoid)"));
    } else {
      privileges.push_back(on_columns("SELECT", needs.select, each));
    }
    const bool writable = each.kind != sql::RelationKind::materialized_view;
    if (writable && needs.insert) privileges.emplace_back("INSERT");
    if (writable && needs.updates && !needs.update.empty()) privileges.push_back(on_columns("UPDATE", needs.update, each));
    if (writable && needs.deletes) privileges.emplace_back("DELETE");
    if (writable && needs.truncate && each.kind != sql::RelationKind::view) privileges.emplace_back("TRUNCATE");
    std::string list;
    for (const std::string& privilege : privileges) list += (list.empty() ? "" : ", ") + privilege;
    line("GRANT " + list + " ON TABLE " + name_of(each.oid) + " TO " + role_);
  }

  static std::string on_columns(const std::string& privilege, const std::vector<std::int16_t>& attributes, const sql::Relation& relation) {
    if (attributes.size() == relation.columns.size()) return privilege;
    std::string list;
    for (const std::int16_t attribute : attributes) list += (list.empty() ? "" : ", ") + quoted_name(relation.column(attribute)->name);
    return privilege + " (" + list + ")";
  }

  void grant_functions() {
    for (const FunctionFact& function : facts_.functions) {
      if (listed(function)) line("GRANT EXECUTE ON FUNCTION " + function.signature + " TO " + role_);
    }
  }

  [[nodiscard]] bool listed(const FunctionFact& function) const {
    return std::binary_search(policy_.allowed_functions.begin(), policy_.allowed_functions.end(), function.schema + "." + function.name);
  }

  const RoleFacts& facts_;
  const RoleNeeds& needs_;
  const Policy& policy_;
  const sql::Catalog& catalog_;
  const std::string role_;
  std::string out_;
};

}  // namespace

std::string role_ddl(const RoleFacts& facts, const RoleNeeds& needs, const Policy& policy, const sql::Catalog& catalog) {
  return DdlWriter(facts, needs, policy, catalog).write();
}

}  // namespace sluice::policy
