#include "control/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace sluice::control {
namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

}  // namespace

// The text is never a format: it may hold braces.
void log_info(std::string_view text) { logger().log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size())); }
void log_warning(std::string_view text) { logger().log(spdlog::level::warn, spdlog::string_view_t(text.data(), text.size())); }
void log_error(std::string_view text) { logger().log(spdlog::level::err, spdlog::string_view_t(text.data(), text.size())); }

}  // namespace sluice::control
