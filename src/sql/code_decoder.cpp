// The rows that tell of stored code.

#include "sql/catalog_queries.h"
#include "sql/catalog_row.h"

namespace sluice::sql {

Status CatalogDecoder::add_routine(CatalogRow row) {
  RowReader values(row, 16);
  Routine routine;
  RoutineSource source;
  routine.oid = values.number<Oid>();
  routine.schema = values.text();
  routine.name = values.text();
  routine.kind = values.letter();
  source.language = values.text();
  source.security_definer = values.boolean();
  routine.returns_set = values.boolean();
  routine.arguments = values.number<std::int16_t>();
  routine.defaults = values.number<std::int16_t>();
  routine.variadic = values.boolean();
  routine.result_relation = values.number<Oid>();
  routine.polymorphic = values.boolean();
  source.trigger = values.boolean();
  source.extension = values.text();
  source.parsed = values.boolean();
  source.body = values.text();
  if (!values.ok()) return malformed("routine");
  builder_->code().add(std::move(routine), std::move(source));
  return Done{};
}

Status CatalogDecoder::add_code(CatalogPart part, CatalogRow row) {
  CodeCollector& code = builder_->code();
  const bool three = part == CatalogPart::routine_settings || part == CatalogPart::code_in_relations || part == CatalogPart::types;
  RowReader values(row, part == CatalogPart::triggers ? 4 : three ? 3 : 2);
  if (part == CatalogPart::operators || part == CatalogPart::types) {
    std::string name(values.text());
    const auto routine = values.number<Oid>();
    const Oid type = part == CatalogPart::types ? values.number<Oid>() : 0;
    if (!values.ok()) return malformed("code");
    part == CatalogPart::types ? code.add_type(std::move(name), routine, type) : code.add_operator(std::move(name), routine);
    return Done{};
  }
  const auto first = values.number<Oid>();
  if (part == CatalogPart::routine_columns || part == CatalogPart::aggregate_support) {
    std::string name(values.text());
    if (!values.ok()) return malformed("code");
    part == CatalogPart::routine_columns ? code.add_result_column(first, std::move(name)) : code.add_support(first, std::move(name));
    return Done{};
  }
  if (part == CatalogPart::row_policies) {
    std::string query(values.text());
    if (!values.ok()) return malformed("code");
    code.add_policy(first, std::move(query));
    return Done{};
  }
  if (part == CatalogPart::routine_settings) {
    const std::string_view name = values.text();
    const std::string_view value = values.text();
    if (!values.ok()) return malformed("code");
    code.add_setting(first, name, value);
    return Done{};
  }
  if (part == CatalogPart::routine_calls) {
    const auto routine = values.number<Oid>();
    if (!values.ok()) return malformed("code");
    code.add_call(first, routine);
    return Done{};
  }
  if (part == CatalogPart::code_in_relations) {
    const char kind = values.letter();
    const auto routine = values.number<Oid>();
    if (!values.ok()) return malformed("code");
    code.add_expression(first, kind, routine);
    return Done{};
  }
  TriggerSource trigger;
  trigger.relation = first;
  trigger.routine = values.number<Oid>();
  trigger.routine_name = values.text();
  trigger.definition = values.text();
  if (!values.ok()) return malformed("code");
  code.add_trigger(std::move(trigger));
  return Done{};
}

}  // namespace sluice::sql
