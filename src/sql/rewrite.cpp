#include <algorithm>
#include <utility>

#include "sql/analyse.h"
#include "sql/mask_set.h"
#include "sql/rewrite_check.h"
#include "sql/splice.h"
#include "sql/stored_code_check.h"
#include "sql/text_rewriter.h"
#include "sql/text_sites.h"

namespace sluice::sql {
namespace {

int characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

int UpstreamSql::agent_position(int position) const {
  if (position <= 0) return 0;
  const int at = position - 1;
  int shift = 0;  // agent's minus upstream's
  for (const Edit& edit : edits_) {
    if (at < edit.upstream_begin) break;
    if (at < edit.upstream_end) return edit.mask ? 0 : edit.agent_begin + 1;
    shift = edit.agent_end - edit.upstream_end;
  }
  return position + shift;
}

class Rewriter {
 public:
  static Result<UpstreamSql> rewrite(const AnalysedText& analysed, std::string_view text, const Masks& masks) {
    const TextSites& sites = analysed.state_->sites;
    const MaskSet mask_set(*sites.catalog, masks);
    SLUICE_CHECK(check_stored_code(sites, mask_set));
    SLUICE_TRY(edits, TextRewriter(sites, text, mask_set).edits());
    const bool changed = !edits.empty();
    SLUICE_TRY(spliced, splice(text, std::move(edits)));
    if (changed || !masks.empty()) {
      SLUICE_CHECK(check_rewritten(spliced, sites.statements, *sites.catalog, mask_set, sites.limits));
    }
    UpstreamSql out;
    out.edits_ = positions(spliced, text);
    out.text_ = std::move(spliced.text);
    return out;
  }

 private:
  static std::vector<UpstreamSql::Edit> positions(const Spliced& spliced, std::string_view text) {
    std::vector<UpstreamSql::Edit> out;
    out.reserve(spliced.places.size());
    const std::string_view upstream = spliced.text;
    std::size_t upstream_byte = 0;
    std::size_t agent_byte = 0;
    int upstream_at = 0;
    int agent_at = 0;
    for (const Spliced::Place& place : spliced.places) {
      const auto begin = static_cast<std::size_t>(place.edit.begin);
      const auto end = static_cast<std::size_t>(place.edit.end);
      UpstreamSql::Edit edit;
      edit.upstream_begin = upstream_at += characters(upstream.substr(upstream_byte, place.begin - upstream_byte));
      edit.upstream_end = upstream_at += characters(upstream.substr(place.begin, place.end - place.begin));
      edit.agent_begin = agent_at += characters(text.substr(agent_byte, begin - agent_byte));
      edit.agent_end = agent_at += characters(text.substr(begin, end - begin));
      edit.mask = place.edit.mask;
      upstream_byte = place.end;
      agent_byte = end;
      out.push_back(edit);
    }
    return out;
  }
};

Result<UpstreamSql> rewrite(const AnalysedText& analysed, std::string_view text, const Masks& masks) {
  return Rewriter::rewrite(analysed, text, masks);
}

}  // namespace sluice::sql
