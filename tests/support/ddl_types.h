#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sql/catalog.h"

struct TypeName;

namespace sluice::test {

/// Turns types as written into what pg_attribute and format_type() say of a column.
class DdlTypes {
 public:
  /// Remembers CREATE TYPE and CREATE DOMAIN: `kind` as in pg_type.typtype.
  void define(std::string schema, std::string name, Oid oid, char kind, char category);
  /// Sets the type fields of `column`; throws std::runtime_error for an unknown type.
  void apply(const TypeName& type, sql::Column& column) const;
  /// By the name that pg_type has for a built-in type.
  void apply(std::string_view builtin, sql::Column& column) const;

 private:
  struct Defined {
    std::string schema;
    Oid oid;
    char kind;
    char category;
  };
  std::map<std::string, Defined, std::less<>> defined_;
};

}  // namespace sluice::test
