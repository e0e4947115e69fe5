#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::channels {

/// The address of a Bot Connector to which the bot's token may go: its host is one that the operator has named, and what is
/// sent to it is encrypted (but to this very machine). Nothing else makes one.
class ServiceUrl {
 public:
  /// `hosts`: "host[:port]". denied: another host; bad_request: no such URL.
  [[nodiscard]] static Result<ServiceUrl> of(std::string_view text, const std::set<std::string>& hosts);

  /// Without a slash at the end.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  explicit ServiceUrl(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace sluice::channels
