#include "sql/splice.h"

#include <algorithm>
#include <tuple>

namespace sluice::sql {

Result<Spliced> splice(std::string_view text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::vector<Edit> unique;
  unique.reserve(edits.size());
  for (Edit& edit : edits) {
    const auto same = [&](const Edit& other) { return other == edit; };
    auto first = unique.end();
    while (first != unique.begin() && std::prev(first)->begin == edit.begin) --first;
    if (std::none_of(first, unique.end(), same)) unique.push_back(std::move(edit));
  }
  Spliced out;
  out.text.reserve(text.size() + 64 * unique.size());
  std::size_t copied = 0;
  for (Edit& edit : unique) {
    const auto begin = static_cast<std::size_t>(edit.begin);
    const auto end = static_cast<std::size_t>(edit.end);
    if (edit.begin < 0 || begin < copied || end < begin || end > text.size()) {
      return make_error(ErrorKind::internal, "edits of a statement overlap");
    }
    out.text.append(text.substr(copied, begin - copied));
    const std::size_t place = out.text.size();
    out.text.append(edit.text);
    copied = end;
    out.places.push_back({place, out.text.size(), std::move(edit)});
  }
  out.text.append(text.substr(copied));
  return out;
}

}  // namespace sluice::sql
