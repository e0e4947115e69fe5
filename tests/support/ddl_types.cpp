#include "support/ddl_types.h"

#include <optional>
#include <stdexcept>

#include "sql/raw_tree.h"

namespace sluice::test {
namespace {

using sql::as;
using sql::elements;
using sql::text_of;

struct Builtin {
  const char* name;
  Oid oid;
  const char* written;  // by format_type()
  char category;
  Oid array;
};

constexpr Builtin kBuiltins[] = {
    {"bool", 16, "boolean", 'B', 1000}, {"bytea", 17, "bytea", 'U', 1001}, {"char", 18, "\"char\"", 'Z', 1002}, {"name", 19, "name", 'S', 1003},
    {"int8", 20, "bigint", 'N', 1016}, {"int2", 21, "smallint", 'N', 1005}, {"int4", 23, "integer", 'N', 1007}, {"text", 25, "text", 'S', 1009},
    {"oid", 26, "oid", 'N', 1028}, {"json", 114, "json", 'U', 199}, {"xml", 142, "xml", 'U', 143}, {"point", 600, "point", 'G', 1017},
    {"float4", 700, "real", 'N', 1021}, {"float8", 701, "double precision", 'N', 1022}, {"money", 790, "money", 'N', 791},
    {"macaddr", 829, "macaddr", 'U', 1040}, {"inet", 869, "inet", 'I', 1041}, {"cidr", 650, "cidr", 'I', 651},
    {"bpchar", 1042, "character", 'S', 1014}, {"varchar", 1043, "character varying", 'S', 1015}, {"date", 1082, "date", 'D', 1182},
    {"time", 1083, "time without time zone", 'D', 1183}, {"timestamp", 1114, "timestamp without time zone", 'D', 1115},
    {"timestamptz", 1184, "timestamp with time zone", 'D', 1185}, {"interval", 1186, "interval", 'T', 1187},
    {"timetz", 1266, "time with time zone", 'D', 1270}, {"bit", 1560, "bit", 'V', 1561}, {"varbit", 1562, "bit varying", 'V', 1563},
    {"numeric", 1700, "numeric", 'N', 1231}, {"uuid", 2950, "uuid", 'U', 2951}, {"tsvector", 3614, "tsvector", 'U', 3643},
    {"tsquery", 3615, "tsquery", 'U', 3645}, {"jsonb", 3802, "jsonb", 'U', 3807}, {"int4range", 3904, "int4range", 'R', 3905},
    {"daterange", 3912, "daterange", 'R', 3913}, {"tstzrange", 3910, "tstzrange", 'R', 3911},
};

const Builtin* find_builtin(std::string_view name) {
  if (name == "serial" || name == "serial4") name = "int4";
  if (name == "bigserial" || name == "serial8") name = "int8";
  if (name == "smallserial" || name == "serial2") name = "int2";
  for (const Builtin& type : kBuiltins) {
    if (name == type.name) return &type;
  }
  return nullptr;
}

std::vector<int> modifiers(const TypeName& type) {
  std::vector<int> result;
  for (const Node* modifier : elements(type.typmods)) {
    if (!IsA(modifier, A_Const) || !IsA(&as<A_Const>(modifier).val.node, Integer)) throw std::runtime_error("type modifier is no number");
    result.push_back(as<A_Const>(modifier).val.ival.ival);
  }
  return result;
}

// The number in atttypmod, and the words in format_type(), of a type with modifiers.
void apply_modifiers(const Builtin& type, const std::vector<int>& given, sql::Column& column) {
  const std::string_view name = type.name;
  if (given.empty()) {
    if (name == "bpchar") column.type_name = "bpchar";
    return;
  }
  std::string written = "(" + std::to_string(given[0]);
  if (name == "numeric") {
    const int scale = given.size() > 1 ? given[1] : 0;
    column.type_modifier = (given[0] << 16 | scale) + 4;
    written += "," + std::to_string(scale);
  } else {
    column.type_modifier = name == "varchar" || name == "bpchar" ? given[0] + 4 : given[0];
  }
  written += ")";
  const std::size_t space = column.type_name.find(" with");  // timestamp(3) with time zone
  if (space == std::string::npos) column.type_name += written;
  else column.type_name.insert(space, written);
}

}  // namespace

void DdlTypes::define(std::string schema, std::string name, Oid oid, char kind, char category) {
  defined_[std::move(name)] = {std::move(schema), oid, kind, category};
}

void DdlTypes::apply(std::string_view builtin, sql::Column& column) const {
  const Builtin* type = find_builtin(builtin);
  if (type == nullptr) throw std::runtime_error("unknown type " + std::string(builtin));
  column.type = type->oid;
  column.type_name = type->written;
  column.type_category = type->category;
}

void DdlTypes::apply(const TypeName& type, sql::Column& column) const {
  const std::string name(text_of(elements(type.names).back()));
  const bool array = !elements(type.arrayBounds).empty();
  if (const auto found = defined_.find(name); found != defined_.end()) {
    column.type = found->second.oid + (array ? 1 : 0);
    column.type_name = found->second.schema + "." + name;
    column.type_category = found->second.category;
    column.type_kind = found->second.kind;
  } else {
    apply(name, column);
    apply_modifiers(*find_builtin(name), modifiers(type), column);
    if (array) column.type = find_builtin(name)->array;
  }
  if (array) {
    column.type_name += "[]";
    column.type_category = 'A';
    column.type_kind = 'b';
  }
}

}  // namespace sluice::test
