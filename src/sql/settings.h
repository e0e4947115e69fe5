#pragma once

#include <string_view>

#include "base/result.h"

namespace sluice::sql {

/// May an agent set this run-time setting, by SET, set_config() or its start-up packet? An allow-list:
/// settings that change how statements are read (client_encoding, standard_conforming_strings …) are
/// bound to the one value that the parser understands, and settings that change roles, plans or logs are
/// refused (not_supported, with a hint). Names are matched without regard to case. `value` is ignored
/// where any is fine; empty: reset to the default.
[[nodiscard]] Status check_setting(std::string_view name, std::string_view value);

/// Settings that a function may change unseen, because nothing that Sluice follows depends on them. Lower case.
[[nodiscard]] bool is_harmless_setting(std::string_view name);

/// `app.user_id` and its like, which mean something to nobody but code that the database's owner wrote. Lower case.
[[nodiscard]] bool is_of_application(std::string_view name);

}  // namespace sluice::sql
