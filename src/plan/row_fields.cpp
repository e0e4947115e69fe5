#include "plan/row_fields.h"

namespace sluice::plan {

std::vector<RowField> row_fields(const sql::Analysis& analysis, const sql::Catalog& catalog) {
  std::vector<RowField> fields;
  fields.reserve(analysis.outputs.size());
  for (const sql::OutputColumn& output : analysis.outputs) {
    RowField& field = fields.emplace_back();
    if (output.plain.relation == 0) continue;
    const sql::Relation* relation = catalog.relation(output.plain.relation);
    const sql::Column* column = relation == nullptr ? nullptr : relation->column(output.plain.attribute);
    if (column == nullptr) continue;
    field.column = output.plain;
    // Of a domain the row description tells the base type.
    if (column->type_kind == 'd') continue;
    field.type = column->type;
    field.type_modifier = column->type_modifier;
  }
  return fields;
}

}  // namespace sluice::plan
