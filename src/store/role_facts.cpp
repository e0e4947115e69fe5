#include "store/role_facts.h"

#include <charconv>
#include <string_view>

#include "sql/quote.h"

namespace sluice::store {
namespace {

template <class T>
T number(const std::string& text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string array_of(const std::vector<std::string>& texts, const char* type) {
  std::string out = "ARRAY[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ", ") + sql::quoted_text(texts[i]);
  return out + "]::pg_catalog." + type + "[]";
}

std::string columns_of(const std::vector<ColumnId>& columns) {
  std::vector<std::string> relations;
  std::vector<std::string> attributes;
  for (const ColumnId column : columns) {
    relations.push_back(std::to_string(column.relation));
    attributes.push_back(std::to_string(column.attribute));
  }
  return "ROWS FROM (pg_catalog.unnest(" + array_of(relations, "oid") + "), pg_catalog.unnest(" + array_of(attributes, "int2") +
         ")) AS asked (relation, attribute)";
}

std::string relations_of(const std::vector<Oid>& oids) {
  std::vector<std::string> texts;
  for (const Oid oid : oids) texts.push_back(std::to_string(oid));
  return "c.oid = ANY (" + array_of(texts, "oid") + ")";
}

}  // namespace

Result<policy::RoleFacts> read_role_facts(CatalogSource& source, const RoleQuestion& question) {
  policy::RoleFacts facts;
  const std::string wanted = question.role.empty() ? std::string("current_user") : sql::quoted_text(question.role);
  SLUICE_TRY(roles, source.ask("SELECT r.rolname, CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END, "
                               "CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, "
                               "CASE WHEN r.rolcreatedb THEN 'CREATEDB' END "
                               "FROM pg_catalog.pg_roles AS r WHERE r.rolname = " + wanted));
  facts.role = question.role;
  facts.exists = !roles.empty();
  if (facts.exists) {
    facts.role = roles.front().front();
    for (std::size_t i = 1; i < roles.front().size(); ++i) {
      if (!roles.front()[i].empty()) facts.attributes.push_back(roles.front()[i]);
    }
  }
  const std::string role = sql::quoted_text(facts.role);
  SLUICE_TRY(functions,
             source.ask("SELECT n.nspname, p.proname, pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, "
                        "pg_catalog.pg_get_function_identity_arguments(p.oid)), p.prosecdef, " +
                        (facts.exists ? "pg_catalog.has_function_privilege(" + role + ", p.oid, 'EXECUTE') " : std::string("false ")) +
                        "FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace "
                        "WHERE n.nspname <> ALL (ARRAY['pg_catalog', 'information_schema']) AND p.prokind = 'f' AND (p.prosecdef "
                        "OR pg_catalog.concat(n.nspname, '.', p.proname) = ANY (" + array_of(question.functions, "text") + ")) ORDER BY 3"));
  for (const auto& row : functions) facts.functions.push_back({row[0], row[1], row[2], row[3] == "t", row[4] == "t"});
  SLUICE_TRY(open, source.ask("SELECT c.oid FROM pg_catalog.pg_class AS c WHERE " + relations_of(question.relations) +
                              " AND (EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) AS a WHERE a.grantee = 0 AND a.privilege_type = 'SELECT') "
                              "OR EXISTS (SELECT FROM pg_catalog.pg_attribute AS t, pg_catalog.aclexplode(t.attacl) AS a "
                              "WHERE t.attrelid = c.oid AND a.grantee = 0 AND a.privilege_type = 'SELECT')) ORDER BY 1"));
  for (const auto& row : open) facts.open_to_all.push_back(number<Oid>(row[0]));
  if (!facts.exists) return facts;

  SLUICE_TRY(memberships, source.ask("WITH RECURSIVE above (oid) AS (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = " + role +
                                     " UNION SELECT m.roleid FROM pg_catalog.pg_auth_members AS m JOIN above ON above.oid = m.member) "
                                     "SELECT r.rolname FROM pg_catalog.pg_roles AS r JOIN above USING (oid) WHERE r.rolname <> " + role + " ORDER BY 1"));
  for (const auto& row : memberships) facts.memberships.push_back(row[0]);
  SLUICE_TRY(owned, source.ask("SELECT c.oid FROM pg_catalog.pg_class AS c WHERE " + relations_of(question.relations) +
                               " AND (c.relowner = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = " + role +
                               ") OR NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = " + role +
                               ") AND pg_catalog.pg_has_role(" + role + ", c.relowner, 'MEMBER')) ORDER BY 1"));
  for (const auto& row : owned) facts.owned.push_back(number<Oid>(row[0]));
  SLUICE_TRY(readable, source.ask("SELECT relation, attribute FROM " + columns_of(question.columns) + " WHERE pg_catalog.has_column_privilege(" + role +
                                  ", relation, attribute, 'SELECT') ORDER BY 1, 2"));
  for (const auto& row : readable) facts.readable.push_back({number<Oid>(row[0]), number<std::int16_t>(row[1])});
  return facts;
}

}  // namespace sluice::store
