#include "sql/analyse.h"

#include <utility>

#include "sql/parse.h"
#include "sql/query_analyser.h"
#include "sql/text_sites.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// Does a name in the next statement perhaps mean something else once this one has run?
bool changes_names(const Analysis& analysis) {
  if (analysis.changes_catalog || analysis.kind == StatementKind::create_temporary) return true;
  if (const auto* setting = std::get_if<SettingChange>(&analysis.session_change)) {
    return setting->name.empty() || setting->name == "search_path";
  }
  const auto* discard = std::get_if<DiscardChange>(&analysis.session_change);
  return discard != nullptr && (discard->all || discard->temporary);
}

// Cursors and prepared statements: what they are depends on what ran before.
bool uses_session_names(const Analysis& analysis) {
  return std::holds_alternative<CursorUse>(analysis.session_change) || std::holds_alternative<PreparedUse>(analysis.session_change);
}

Error one_by_one() {
  return make_error(ErrorKind::planned_in_parts, "the statements of this text must be planned one after the other",
                    "Send the statements one by one.");
}

}  // namespace

AnalysedText::AnalysedText(std::unique_ptr<State> state) : state_(std::move(state)) {}
AnalysedText::AnalysedText(AnalysedText&&) noexcept = default;
AnalysedText& AnalysedText::operator=(AnalysedText&&) noexcept = default;
AnalysedText::~AnalysedText() = default;

const std::vector<Analysis>& AnalysedText::statements() const noexcept { return state_->analyses; }

class Analyser {
 public:
  static Result<AnalysedText> analyse(std::string_view text, std::shared_ptr<const Catalog> catalog, const NameContext& names,
                                      const ParseLimits& limits) {
    SLUICE_TRY(parsed, ParsedText::parse(text, limits));
    auto state = std::make_unique<AnalysedText::State>();
    state->sites.catalog = std::move(catalog);
    state->sites.limits = limits;
    state->sites.statements = parsed.size();
    state->analyses.reserve(parsed.size());
    QueryAnalyser analyser(text, *state->sites.catalog, names, limits, state->sites, 0);
    for (std::size_t i = 0; i < parsed.size(); ++i) {
      if (i > 0 && changes_names(state->analyses.back())) return one_by_one();
      SLUICE_TRY(analysis, analyser.statement(*parsed.statement(i), static_cast<int>(i)));
      if (parsed.size() > 1 && uses_session_names(analysis)) return one_by_one();
      state->analyses.push_back(std::move(analysis));
    }
    return AnalysedText(std::move(state));
  }
};

Result<AnalysedText> analyse_text(std::string_view text, std::shared_ptr<const Catalog> catalog, const NameContext& names,
                                  const ParseLimits& limits) {
  return Analyser::analyse(text, std::move(catalog), names, limits);
}

}  // namespace sluice::sql
