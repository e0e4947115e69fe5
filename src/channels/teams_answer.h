#pragma once

#include <string>

#include "channels/teams_text.h"
#include "net/http.h"

namespace sluice::channels {

// Answers to an invoke "adaptiveCard/action". All are HTTP 200: what went wrong is said inside, or clients show an error of their own.

/// The card, for the person who acted, in place of the one that they saw.
[[nodiscard]] net::HttpResponse card_answer(CardJson card);
/// A text that only the person who acted sees.
[[nodiscard]] net::HttpResponse message_answer(const std::string& text);
/// `status`: 400, 404 or 500.
[[nodiscard]] net::HttpResponse error_answer(int status, const std::string& message);

}  // namespace sluice::channels
