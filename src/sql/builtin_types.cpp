#include "sql/builtin_types.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::sql {
namespace {

constexpr std::string_view kTypes[] = {
    "aclitem", "bytea", "cid", "datemultirange", "gtsvector", "inet", "json", "jsonb", "jsonpath", "macaddr", "oidvector", "pg_dependencies",
    "pg_lsn", "pg_mcv_list", "pg_ndistinct", "pg_node_tree", "pg_snapshot", "refcursor", "regclass", "regcollation", "regconfig",
    "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole", "regtype", "tid", "tsquery", "tsvector",
    "txid_snapshot", "uuid", "xid", "xid8",
};
static_assert(std::is_sorted(std::begin(kTypes), std::end(kTypes)));

constexpr std::pair<std::string_view, std::string_view> kDisplayed[] = {
    {"bool", "boolean"},        {"bpchar", "character"}, {"float4", "real"},
    {"float8", "double precision"}, {"int2", "smallint"},    {"int4", "integer"},
    {"int8", "bigint"},         {"time", "time without time zone"}, {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"}, {"timetz", "time with time zone"}, {"varbit", "bit varying"}, {"varchar", "character varying"},
};

}  // namespace

bool is_builtin_type(std::string_view name) { return std::binary_search(std::begin(kTypes), std::end(kTypes), name); }

std::string_view displayed_type(std::string_view name) {
  const auto* found = std::find_if(std::begin(kDisplayed), std::end(kDisplayed), [&](const auto& entry) { return entry.first == name; });
  return found == std::end(kDisplayed) ? name : found->second;
}

}  // namespace sluice::sql
