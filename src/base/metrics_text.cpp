#include "base/metrics_text.h"

#include <fmt/format.h>

namespace sluice {

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type == Type::counter ? "counter" : "gauge", help);
}

void MetricsText::begin_sample(Labels labels) {
  text_ += name_;
  char before = '{';
  for (const auto& [label, value] : labels) {
    text_ += before;
    before = ',';
    text_ += label;
    text_ += "=\"";
    for (const char c : value) {
      if (c == '\\' || c == '"') text_ += '\\';
      c == '\n' ? text_ += "\\n" : text_ += c;
    }
    text_ += '"';
  }
  text_ += before == ',' ? "} " : " ";
}

void MetricsText::sample(Labels labels, std::uint64_t value) {
  begin_sample(labels);
  text_ += fmt::format("{}\n", value);
}

void MetricsText::sample(Labels labels, double value) {
  begin_sample(labels);
  text_ += fmt::format("{}\n", value);
}

void MetricsText::single(std::string_view name, Type type, std::string_view help, std::uint64_t value) {
  family(name, type, help);
  sample(value);
}

}  // namespace sluice
