#include "control/log.h"

#include <spdlog/spdlog.h>

namespace sluice::control {
namespace {

// The text is never a format: it may hold braces.
void log(spdlog::level::level_enum level, std::string_view text) {
  spdlog::default_logger_raw()->log(level, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace

void log_info(std::string_view text) { log(spdlog::level::info, text); }
void log_warning(std::string_view text) { log(spdlog::level::warn, text); }
void log_error(std::string_view text) { log(spdlog::level::err, text); }

}  // namespace sluice::control
