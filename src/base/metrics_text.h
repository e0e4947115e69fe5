#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// Prometheus' text format, version 0.0.4. Family by family, each with its samples:
///
///   text.family("sluice_sessions", MetricsText::Type::gauge, "Sessions by what they are doing.");
///   text.sample({{"state", "idle"}}, 3);
class MetricsText {
 public:
  enum class Type { counter, gauge };
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Begins a family. A counter's name ends with _total; no two families have one name.
  void family(std::string_view name, Type type, std::string_view help);
  /// A sample of the family that was begun last; no two of them have the same labels.
  void sample(std::uint64_t value) { sample({}, value); }
  void sample(Labels labels, std::uint64_t value);
  void sample(Labels labels, double value);
  /// A family of one sample without labels.
  void single(std::string_view name, Type type, std::string_view help, std::uint64_t value);

  [[nodiscard]] std::string take() noexcept { return std::exchange(text_, {}); }

 private:
  void begin_sample(Labels labels);

  std::string text_;
  std::string name_;
};

}  // namespace sluice
