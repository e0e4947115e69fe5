#include "protocol/startup_options.h"

#include <string>
#include <vector>

namespace sluice::protocol {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  for (;;) {
    while (at < text.size() && is_space(text[at])) ++at;
    if (at == text.size()) return words;
    std::string& word = words.emplace_back();
    for (; at < text.size() && !is_space(text[at]); ++at) {
      if (text[at] == '\\' && ++at == text.size()) break;
      word.push_back(text[at]);
    }
  }
}

Status add_setting(StartupParameters& settings, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return make_error(ErrorKind::syntax_error, "a setting in the startup options requires a name and a value");
  }
  std::string name(assignment.substr(0, equals));
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  settings.emplace_back(std::move(name), assignment.substr(equals + 1));
  return Done{};
}

}  // namespace

Result<StartupParameters> parse_startup_options(std::string_view options) {
  const std::vector<std::string> words = split_words(options);
  StartupParameters settings;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word == "-c" && i + 1 < words.size()) {
      SLUICE_CHECK(add_setting(settings, words[++i]));
    } else if (word.starts_with("-c") || word.starts_with("--")) {
      SLUICE_CHECK(add_setting(settings, word.substr(2)));
    } else {
      return make_error(ErrorKind::not_supported, "startup options other than -c name=value are not supported");
    }
  }
  return settings;
}

}  // namespace sluice::protocol
