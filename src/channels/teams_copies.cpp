#include "channels/teams_copies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/untrusted_json.h"

namespace sluice::channels {
namespace {

constexpr const char* kChannel = "teams";

std::string to_text(const nlohmann::json& json) { return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); }

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

net::awaitable<Result<std::vector<TeamsCopy>>> copies_of(Backend backend, RequestId request) {
  auto reading = backend.channels.messages(kChannel, std::move(request));
  const auto rows = co_await std::move(reading);
  if (!rows.ok()) co_return rows.error();
  std::vector<TeamsCopy> copies;
  for (const store::ChannelMessage& row : *rows) {
    const auto reference = parse_untrusted(row.reference);
    if (!reference.ok() || !reference->is_object()) co_return make_error(ErrorKind::internal, "the store holds a copy of a card that cannot be read");
    const auto reminded = reference->find("reminded");
    const bool counted = reminded != reference->end() && reminded->is_number_unsigned();
    copies.push_back({text_of(*reference, "conversation"), text_of(*reference, "activity"), text_of(*reference, "nonce"), row.shown,
                      counted ? reminded->get<std::uint64_t>() : 0, reference->contains("further")});
  }
  co_return copies;
}

net::awaitable<Status> keep_copy(Backend backend, RequestId request, TeamsCopy copy) {
  nlohmann::json reference{{"conversation", copy.conversation}, {"activity", copy.activity}, {"nonce", copy.nonce}};
  std::string place = copy.conversation + " " + copy.nonce;
  if (copy.reminded > 0) reference["reminded"] = copy.reminded;
  if (copy.further) {
    reference["further"] = true;
    place += " " + copy.activity;
  }
  store::ChannelMessage row{std::move(request), std::move(place), to_text(reference), copy.shown};
  auto writing = backend.channels.keep(kChannel, std::move(row));
  co_return co_await std::move(writing);
}

std::optional<TeamsCopy> copy_with(const std::vector<TeamsCopy>& copies, const std::string& nonce, const std::string& conversation) {
  const auto found = std::find_if(copies.begin(), copies.end(), [&](const TeamsCopy& copy) {
    return !nonce.empty() && equal_constant_time(copy.nonce, nonce) && copy.conversation == conversation;
  });
  return found == copies.end() ? std::nullopt : std::optional(*found);
}

std::string make_nonce() {
  std::array<std::uint8_t, 16> random{};
  fill_random(random);
  return to_hex(random);
}

}  // namespace sluice::channels
