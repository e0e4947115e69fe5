#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/http_call.h"

// What the verbs that call the REST API have in common.
namespace sluice::cli {

[[nodiscard]] net::HttpRequest request_for(const std::string& method, const std::string& path);
/// With a body.
[[nodiscard]] net::HttpRequest request_for(const std::string& method, const std::string& path, const nlohmann::json& body);
/// The decoded answer; null if it has no body.
[[nodiscard]] Result<nlohmann::json> call_api(const ApiOptions& api, net::HttpRequest request);

/// Prints the error; gives the exit code.
int fail(const Error& error);
void print(const std::string& text);
/// In ASCII, so that nothing in it can play tricks with a terminal.
void print_json(const nlohmann::json& value);
/// A member as one visible line; "-" if it is missing or null, lists with commas.
[[nodiscard]] std::string text_member(const nlohmann::json& object, const char* name);
/// One line per item of `list`, under headings: the members in upper case.
void print_table(const nlohmann::json& list, const std::vector<const char*>& members);

/// Makes the call and prints the answer: as JSON, or `id` and the member "state" of it.
int call_and_tell(const ApiOptions& api, net::HttpRequest request, const std::string& id, bool json);

}  // namespace sluice::cli
