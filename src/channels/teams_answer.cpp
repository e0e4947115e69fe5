#include "channels/teams_answer.h"

#include <utility>

namespace sluice::channels {
namespace {

net::HttpResponse answer(int status, const char* type, CardJson value) {
  const CardJson body{{"statusCode", status}, {"type", type}, {"value", std::move(value)}};
  net::HttpResponse response;
  response.body = to_text(body);
  return response;
}

const char* code_of(int status) { return status == 404 ? "NotFound" : status == 400 ? "BadRequest" : "InternalServerError"; }

}  // namespace

net::HttpResponse card_answer(CardJson card) { return answer(200, "application/vnd.microsoft.card.adaptive", std::move(card)); }

net::HttpResponse message_answer(const std::string& text) { return answer(200, "application/vnd.microsoft.activity.message", text); }

net::HttpResponse error_answer(int status, const std::string& message) {
  return answer(status, "application/vnd.microsoft.error", CardJson{{"code", code_of(status)}, {"message", message}});
}

}  // namespace sluice::channels
